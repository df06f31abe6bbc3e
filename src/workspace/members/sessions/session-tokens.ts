import { Injectable } from '@nestjs/common';
import { ACCESS_TOKEN_SECONDS, AccessTokenIssuer } from '#kernel/resolution/access-token-issuer.js';
import { ForgeryGuard } from '#kernel/resolution/forgery-guard.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { Clock } from '#kernel/work/clock.js';

/** A session with the one refresh token that renews it. */
export interface OpenSession {
  readonly sessionId: string;
  readonly memberId: string;
  readonly authenticatedAt: Date;
  readonly refreshToken: string;
  readonly idleExpiresAt: Date;
}

/** Everything a client is given when it signs in or renews. */
export interface SessionTokenSet {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly refreshToken: string;
  readonly refreshExpiresIn: number;
  readonly csrfToken: string;
}

/** Makes what a client carries of a session of the tenant in scope. */
@Injectable()
export class SessionTokens {
  constructor(
    private readonly issuer: AccessTokenIssuer,
    private readonly forgery: ForgeryGuard,
    private readonly clock: Clock,
  ) {}

  async of({ sessionId, memberId, authenticatedAt, refreshToken, idleExpiresAt }: OpenSession): Promise<SessionTokenSet> {
    const { id: tenantId } = TenantScope.require('sign in');
    const now = this.clock.now();
    return {
      accessToken: await this.issuer.issue({ memberId, tenantId, sessionId, authenticatedAt }, now),
      expiresIn: ACCESS_TOKEN_SECONDS,
      refreshToken,
      refreshExpiresIn: Math.max(0, Math.ceil((idleExpiresAt.getTime() - now.getTime()) / 1_000)),
      csrfToken: this.forgery.mint({ tenantId, sessionId }),
    };
  }
}
