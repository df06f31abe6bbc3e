/** When mails that are not critical are gathered, all in milliseconds. */
export const DELIVERY_LIMITS = {
  /** So many of one category for one member within the tenant's `notifications.digest-minutes` become one mail. */
  digestFrom: 5,
  /** How long a mail waits for others to come at the same moment. */
  holdMs: 5_000,
} as const;

/** How long notifications and what became of mails are remembered. */
export const KEPT_DAYS = 90;
