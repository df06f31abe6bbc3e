/** What a work has come to; `failed` is what was not done and had nothing to take back, `needs_human` what could not be taken back. */
export type WorkState = 'queued' | 'running' | 'done' | 'failed' | 'compensated' | 'needs_human';
export type WorkDirection = 'forward' | 'backward';
export type StepState = 'pending' | 'running' | 'done' | 'failed' | 'undoing' | 'undone';

/** The states that nothing comes after by itself. */
export const ENDED: ReadonlySet<WorkState> = new Set<WorkState>(['done', 'failed', 'compensated', 'needs_human']);

export interface StepReport {
  readonly name: string;
  readonly state: StepState;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly error: string | null;
}

/** A work as it can be shown: never what it was given. */
export interface WorkReport {
  readonly id: string;
  readonly kind: string;
  readonly tenantId: string | null;
  readonly state: WorkState;
  readonly direction: WorkDirection;
  readonly attempt: number;
  readonly error: string | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  readonly steps: readonly StepReport[];
}

/** A work that has not ended; `isHeld` when somebody is at it and gives signs of life. */
export interface OpenWork {
  readonly id: string;
  readonly key: string | null;
  readonly isHeld: boolean;
}

/** One change of a work (`step` null) or of one of its steps, in the order in which they were kept. */
export interface WorkEvent {
  readonly seq: number;
  readonly at: Date;
  readonly step: string | null;
  readonly state: string;
  readonly error: string | null;
}
