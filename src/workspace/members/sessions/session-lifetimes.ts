/** How long things of a session last, in milliseconds. */
export const SESSION_LIFETIMES = {
  /** Without being renewed. */
  idleMs: 14 * 86_400_000,
  /** However often it is renewed. */
  absoluteMs: 30 * 86_400_000,
  /** In which a refresh token that was just used gets the same answer again: tabs of one browser renew at the same moment. */
  graceMs: 30_000,
  /** How long an ended session is remembered, so that its tokens are known as ended. */
  rememberedMs: 30 * 86_400_000,
} as const;
