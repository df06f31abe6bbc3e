import type { SessionLifetimes } from '#workspace/members/sessions/session-lifetimes.js';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** What stands for a tenant where something is kept for each: failed attempts, anti-forgery tokens, links. No tenant's id is written like this. */
export const OPERATORS_PLACE = 'operators';

/** How long operators' sessions last, in milliseconds; the rules are those of everybody's. */
export const OPERATOR_LIFETIMES: SessionLifetimes = {
  idleMs: 15 * MINUTE,
  absoluteMs: 8 * 60 * MINUTE,
  graceMs: 30_000,
  rememberedMs: 30 * DAY,
};

/** How long an access token opens something, in seconds; it is looked up with every request, so what ends sooner ends at once. */
export const OPERATOR_ACCESS_SECONDS = 600;

/** How long a set-up link is good, in milliseconds. */
export const OPERATOR_LINK_MS = DAY;
