import type { FastifyRequest } from 'fastify';
import { OPERATORS_PLACE } from '#control/operators/auth/operator-rules.js';
import { type AskingPage, type ForgeryGuard, type GuardedSession, isSafeMethod } from '#kernel/resolution/forgery-guard.js';
import { readSessionCookies, SESSION_COOKIES } from '#kernel/resolution/session-cookies.js';
import type { Principal } from '#kernel/resolution/principal.js';
import { UnauthenticatedError } from '#kernel/resolution/access.errors.js';

/** Holds a request to what a browser must show beside the cookies it sends by itself. */
export class CsrfCheck {
  constructor(private readonly guard: ForgeryGuard) {}

  /** For routes without a credential: signing somebody in as somebody else is a change too. Raises CrossSiteRequestError. */
  ofPublicRoute(request: FastifyRequest, host: string, readsCookies: boolean): void {
    if (isSafeMethod(request.method)) return;
    const page = pageOf(request, host);
    const isByCookie = readsCookies && readSessionCookies(request.headers.cookie).has(SESSION_COOKIES.refresh);
    if (isByCookie) this.guard.requireOwnPage(page);
    else this.guard.refuseForeignPage(page);
  }

  /** For a session's cookie. Raises CrossSiteRequestError, ForgeryTokenMissingError or ForgeryTokenMismatchError. */
  ofSession(request: FastifyRequest, host: string, principal: Principal): void {
    if (isSafeMethod(request.method)) return;
    if (principal.kind !== 'member' || principal.sessionId === null) throw new UnauthenticatedError();
    const { tenantId, sessionId } = principal;
    this.#requireOwnPage(request, host, { tenantId, sessionId });
  }

  /** For the cookie of an operator's session. Raises as `ofSession` does. */
  ofOperator(request: FastifyRequest, host: string, sessionId: string): void {
    if (!isSafeMethod(request.method)) this.#requireOwnPage(request, host, { tenantId: OPERATORS_PLACE, sessionId });
  }

  #requireOwnPage(request: FastifyRequest, host: string, session: GuardedSession): void {
    const page = pageOf(request, host);
    this.guard.refuseForeignPage(page);
    this.guard.requireToken(session, request.headers['x-csrf-token'] as string | undefined);
    this.guard.requireOwnPage(page);
  }
}

function pageOf({ headers }: FastifyRequest, host: string): AskingPage {
  return { host, origin: headers.origin, site: headers['sec-fetch-site'] };
}
