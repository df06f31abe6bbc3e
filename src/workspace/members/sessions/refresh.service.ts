import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { Outbox } from '#kernel/outbox/outbox.js';
import { ForgeryGuard } from '#kernel/resolution/forgery-guard.js';
import { SigningKeys } from '#kernel/signing/signing-keys.js';
import { Clock } from '#kernel/work/clock.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import { sessionReuseDetected } from '../member.events.js';
import { memberRefreshStore } from './member-refresh-store.js';
import { RefreshExchange, type RefreshRequest, type RenewableSession, requireRenewed } from './refresh-exchange.js';
import { ReplayCache } from './replay-cache.js';
import { SESSION_LIFETIMES } from './session-lifetimes.js';
import { SessionTokens, type SessionTokenSet } from './session-tokens.js';
import { SessionsService } from './sessions.service.js';

/** Exchanges the refresh token of a tenant's member for the next one, by the rules of RefreshExchange. */
@Injectable()
export class RefreshService {
  readonly #exchange: RefreshExchange;

  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly sessions: SessionsService,
    private readonly tokens: SessionTokens,
    forgery: ForgeryGuard,
    replays: ReplayCache,
    keys: SigningKeys,
    private readonly outbox: Outbox,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {
    this.#exchange = new RefreshExchange({ forgery, replays, keys, lifetimes: SESSION_LIFETIMES });
  }

  /** Raises SessionEndedError, RefreshRacedError, and for a token of a browser ForgeryTokenMissingError and ForgeryTokenMismatchError. */
  async refresh(request: RefreshRequest): Promise<SessionTokenSet> {
    const outcome = await this.contexts.transaction((transaction) => {
      const store = memberRefreshStore(transaction, (session) => this.#endStolen(session));
      return this.#exchange.exchange(store, request, this.clock.now());
    });
    // Not before the commit: the end of a session that was stolen is to be kept.
    const { id: sessionId, ownerId: memberId, ...session } = requireRenewed(outcome);
    return this.tokens.of({ sessionId, memberId, ...session });
  }

  async #endStolen({ id, ownerId: memberId }: RenewableSession): Promise<void> {
    await this.sessions.end({ memberId, only: id }, 'reuse_detected');
    this.audit.record({
      action: 'session.reuse-detected',
      targets: [
        { type: 'session', id },
        { type: 'member', id: memberId },
      ],
      outcome: 'denied',
    });
    this.outbox.publish(sessionReuseDetected, { memberId, sessionId: id });
  }
}
