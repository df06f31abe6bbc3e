import type { FastifyRequest } from 'fastify';
import type { OperatorIdentities } from '#control/operators/auth/operator-identities.js';
import { UnauthenticatedError } from '#kernel/resolution/access.errors.js';
import { readSessionCookies, SESSION_COOKIES } from '#kernel/resolution/session-cookies.js';
import type { OperatorOrigin } from '#kernel/work/work-origin.js';
import type { CsrfCheck } from '#main/http/csrf-check.js';
import { TOKEN_OPERATOR, type OperatorToken } from '#main/http/operator-token.js';
import type { RequestHead } from '#main/http/request-head.js';

const BEARER = /^bearer +([^\s,]+)$/i;

export interface OperatorGateOptions {
  readonly token: OperatorToken;
  readonly identities: Pick<OperatorIdentities, 'of'>;
  readonly csrf: CsrfCheck;
}

/** Says which operator a request on their host is by: who signed in, by header or cookie, or whoever has the operators' token. */
export class OperatorGate {
  constructor(private readonly options: OperatorGateOptions) {}

  /**
   * Raises UnauthenticatedError, AmbiguousCredentialsError, and for a cookie the errors of CSRF. The token is known
   * without the catalog; a header that is not right is not made good by a cookie.
   */
  async admit(request: FastifyRequest, { authorization, host }: RequestHead): Promise<OperatorOrigin> {
    if (authorization.length > 0) return this.#byHeader(authorization);
    const text = readSessionCookies(request.headers.cookie).get(SESSION_COOKIES.access);
    const operator = text === undefined ? null : await this.options.identities.of(text);
    if (!operator) throw new UnauthenticatedError();
    this.options.csrf.ofOperator(request, host, operator.sessionId);
    return operator;
  }

  async #byHeader(authorization: readonly string[]): Promise<OperatorOrigin> {
    const text = BEARER.exec(authorization[0] ?? '')?.[1] ?? '';
    if (authorization.length > 1) throw new UnauthenticatedError();
    if (this.options.token.is(text)) return TOKEN_OPERATOR;
    const operator = await this.options.identities.of(text);
    if (!operator) throw new UnauthenticatedError();
    return operator;
  }
}
