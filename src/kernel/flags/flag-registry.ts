/** What a flag is for: to let something out step by step, to take something away at once, or to try something out. */
export type FlagType = 'release' | 'kill-switch' | 'experiment';

/** A flag as the product knows it; who has it now is said elsewhere. */
export interface FlagDeclaration {
  readonly type: FlagType;
  /** The part of the product that asks, and whose people answer for it. */
  readonly owner: string;
  /** The last day (UTC) on which it may still be here; on the next one a spec fails until it is gone or prolonged. */
  readonly expires: `${number}-${number}-${number}`;
  /** What holds when nothing at all is known of it; the safe side. */
  readonly whenUnknown: boolean;
  readonly description: string;
}

/** Every flag there is. One that is on takes nothing away and gives nothing by itself: what a plan does not have stays closed. */
export const FLAGS = {
  'audit-export': {
    type: 'release',
    owner: 'audit',
    expires: '2027-06-30',
    // It takes whole records out of the house.
    whenUnknown: false,
    description: 'Whether the record may be exported, by those whose plan has it.',
  },
  'signup-open': {
    type: 'kill-switch',
    owner: 'onboarding',
    expires: '2027-11-30',
    // It makes databases for strangers: who closed it under an attack must not find it open again.
    whenUnknown: false,
    description: 'Whether anybody may sign up; operators can make tenants all the same.',
  },
  'ticket-uploads': {
    type: 'kill-switch',
    owner: 'tickets',
    expires: '2027-11-30',
    // What somebody closed during an attack must not be open again for a process that knows nothing.
    whenUnknown: false,
    description: 'Whether files may be put to tickets; what is there can be read all the same.',
  },
} as const satisfies Record<string, FlagDeclaration>;

export type FlagName = keyof typeof FLAGS;
