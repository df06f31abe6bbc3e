import { type Credential, readCredential } from '#kernel/resolution/credential.js';
import type { Host } from '#kernel/resolution/host-grammar.js';
import { readSessionCookies, SESSION_COOKIES } from '#kernel/resolution/session-cookies.js';
import type { RequestHead } from '#main/http/request-head.js';

/** What a request presents, and whether a browser sent it by itself. */
export interface PresentedCredential {
  readonly credential: Credential | null;
  readonly viaCookie: boolean;
}

/**
 * The credential of the headers; without any, the session's cookie, which counts at tenants' own hosts only. Raises
 * AmbiguousCredentialsError.
 */
export function presentedCredential({ authorization, apiKey }: RequestHead, host: Host, cookies: string | undefined): PresentedCredential {
  const credential = readCredential(authorization, apiKey);
  if (credential || host.kind === 'platform' || cookies === undefined) return { credential, viaCookie: false };
  const text = readSessionCookies(cookies).get(SESSION_COOKIES.access);
  return text === undefined ? { credential: null, viaCookie: false } : { credential: { kind: 'access-token', text }, viaCookie: true };
}
