import { Injectable } from '@nestjs/common';
import { ForgeryGuard } from '#kernel/resolution/forgery-guard.js';
import { SigningKeys } from '#kernel/signing/signing-keys.js';
import { Clock } from '#kernel/work/clock.js';
import type { SessionTokenSet } from '#workspace/members/sessions/session-tokens.js';
import { signOperatorAccess } from './operator-access-token.js';
import { OPERATOR_ACCESS_SECONDS, OPERATORS_PLACE } from './operator-rules.js';

/** Makes what a client carries of an operator's session. */
@Injectable()
export class OperatorSessionTokens {
  constructor(
    private readonly keys: SigningKeys,
    private readonly forgery: ForgeryGuard,
    private readonly clock: Clock,
  ) {}

  /** The access token lasts no longer than the session may rest. */
  of(session: { readonly id: string; readonly refreshToken: string; readonly idleExpiresAt: Date }): SessionTokenSet {
    const { id, refreshToken, idleExpiresAt } = session;
    const now = this.clock.now().getTime();
    const restSeconds = Math.max(0, Math.ceil((idleExpiresAt.getTime() - now) / 1_000));
    const expiresIn = Math.min(OPERATOR_ACCESS_SECONDS, restSeconds);
    return {
      accessToken: signOperatorAccess(this.keys, id, new Date(now + expiresIn * 1_000)),
      expiresIn,
      refreshToken,
      refreshExpiresIn: restSeconds,
      csrfToken: this.forgery.mint({ tenantId: OPERATORS_PLACE, sessionId: id }),
    };
  }
}
