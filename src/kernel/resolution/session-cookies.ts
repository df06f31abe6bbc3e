import { AmbiguousCredentialsError } from '#kernel/resolution/access.errors.js';

/** The cookies of a session. The prefix has browsers refuse them with a Domain, so that no neighbouring host can set them. */
export const SESSION_COOKIES = { access: '__Host-at', refresh: '__Host-rt', forgery: '__Host-csrf' } as const;

export type SessionCookie = (typeof SESSION_COOKIES)[keyof typeof SESSION_COOKIES];

const OURS: ReadonlySet<string> = new Set(Object.values(SESSION_COOKIES));
const VALUE = /^[A-Za-z0-9._-]{1,2048}$/;

/**
 * The session's cookies of a request; a name that differs from ours in anything, be it a space or a letter's case, is another's. Raises
 * AmbiguousCredentialsError when one comes twice: which of them is the neighbour's cannot be told.
 */
export function readSessionCookies(header: string | undefined): ReadonlyMap<SessionCookie, string> {
  const found = new Map<SessionCookie, string>();
  const seen = new Set<string>();
  for (const [index, part] of (header ?? '').split(';').entries()) {
    const pair = index > 0 && part.startsWith(' ') ? part.slice(1) : part;
    const name = pair.slice(0, pair.indexOf('='));
    if (!isOurs(name)) continue;
    if (seen.has(name)) throw new AmbiguousCredentialsError();
    seen.add(name);
    const value = pair.slice(name.length + 1);
    if (VALUE.test(value)) found.set(name, value);
  }
  return found;
}

/** The attributes differ by what a cookie opens: only the one that scripts must read is readable, only the one that pages load with is lax. */
export function writeSessionCookie(name: SessionCookie, value: string, maxAgeSeconds: number): string {
  const site = name === SESSION_COOKIES.access ? 'Lax' : 'Strict';
  const readable = name === SESSION_COOKIES.forgery ? '' : '; HttpOnly';
  return `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; Secure; SameSite=${site}${readable}`;
}

function isOurs(name: string): name is SessionCookie {
  return OURS.has(name);
}
