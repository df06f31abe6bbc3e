/** How long things of a session last, in milliseconds. */
export interface SessionLifetimes {
  /** Without being renewed. */
  readonly idleMs: number;
  /** However often it is renewed. */
  readonly absoluteMs: number;
  /** In which a refresh token that was just used gets the same answer again: tabs of one browser renew at the same moment. */
  readonly graceMs: number;
  /** How long an ended session is remembered, so that its tokens are known as ended. */
  readonly rememberedMs: number;
}

/** Those of a tenant's members. */
export const SESSION_LIFETIMES: SessionLifetimes = {
  idleMs: 14 * 86_400_000,
  absoluteMs: 30 * 86_400_000,
  graceMs: 30_000,
  rememberedMs: 30 * 86_400_000,
};
