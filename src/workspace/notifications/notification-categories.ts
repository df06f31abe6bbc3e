/** Where a member can be told. */
export const CHANNELS = ['inbox', 'mail'] as const;
export type Channel = (typeof CHANNELS)[number];

interface CategoryTerms {
  /** Cannot be muted, is mailed by itself and at once. */
  readonly isCritical: boolean;
  /** What holds when nobody said anything. */
  readonly defaults: Readonly<Record<Channel, boolean>>;
}

/**
 * What there is to be told of. A plugin tells in one of these and declares none of its own: members choose among them, so they are an enum of the
 * API and of its documents, and the same in every product. `account` is what somebody needs to get in, `security` what somebody should know who got in.
 */
export const CATEGORIES = {
  assignments: { isCritical: false, defaults: { inbox: true, mail: true } },
  comments: { isCritical: false, defaults: { inbox: true, mail: true } },
  completions: { isCritical: false, defaults: { inbox: true, mail: false } },
  security: { isCritical: true, defaults: { inbox: true, mail: true } },
  account: { isCritical: true, defaults: { inbox: false, mail: true } },
} as const satisfies Record<string, CategoryTerms>;

export type Category = keyof typeof CATEGORIES;

export const CATEGORY_NAMES = Object.keys(CATEGORIES) as [Category, ...Category[]];

export function isCritical(category: Category): boolean {
  return CATEGORIES[category].isCritical;
}
