import type { AnswerHeaders } from '#kernel/plugin/answer-headers.js';
import { SESSION_COOKIES, writeSessionCookie } from '#kernel/resolution/session-cookies.js';
import type { Delivery, SignedIn } from './auth.schemas.js';
import type { SessionTokenSet } from './sessions/session-tokens.js';

/** Gives a client what it signed in for: in cookies that scripts cannot read, or in the body for what is no browser. */
export function deliver(tokens: SessionTokenSet, delivery: Delivery, answer: AnswerHeaders): SignedIn {
  const { accessToken, refreshToken, expiresIn, refreshExpiresIn, csrfToken } = tokens;
  if (delivery === 'body') return { accessToken, refreshToken, expiresIn };
  answer.header('set-cookie', writeSessionCookie(SESSION_COOKIES.access, accessToken, expiresIn));
  answer.header('set-cookie', writeSessionCookie(SESSION_COOKIES.refresh, refreshToken, refreshExpiresIn));
  answer.header('set-cookie', writeSessionCookie(SESSION_COOKIES.forgery, csrfToken, refreshExpiresIn));
  return { expiresIn, csrfToken };
}

/** Has a browser forget the session. */
export function forgetCookies(answer: AnswerHeaders): void {
  for (const name of Object.values(SESSION_COOKIES)) answer.header('set-cookie', writeSessionCookie(name, '', 0));
}

/** How a caller that is signed in already keeps its tokens: one that sent a header is given them in the body. */
export function deliveryTo(authorization: string | undefined): Delivery {
  return authorization === undefined ? 'cookie' : 'body';
}
