import { Injectable } from '@nestjs/common';
import { OperatorCatalog, type OperatorBook } from '#catalog/operators/operator-catalog.js';
import { ForgeryGuard } from '#kernel/resolution/forgery-guard.js';
import { SigningKeys } from '#kernel/signing/signing-keys.js';
import { Clock } from '#kernel/work/clock.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import {
  RefreshExchange,
  type RefreshRequest,
  type RefreshStore,
  type RenewableSession,
  requireRenewed,
} from '#workspace/members/sessions/refresh-exchange.js';
import { ReplayCache } from '#workspace/members/sessions/replay-cache.js';
import type { SessionTokenSet } from '#workspace/members/sessions/session-tokens.js';
import { operatorTarget } from './operator-login.service.js';
import { OPERATOR_LIFETIMES, OPERATORS_PLACE } from './operator-rules.js';
import { OperatorSessionTokens } from './operator-session-tokens.js';

/** Exchanges the refresh token of an operator for the next one, by the rules of RefreshExchange. */
@Injectable()
export class OperatorRefreshService {
  readonly #exchange: RefreshExchange;

  constructor(
    private readonly operators: OperatorCatalog,
    private readonly tokens: OperatorSessionTokens,
    forgery: ForgeryGuard,
    replays: ReplayCache,
    keys: SigningKeys,
    private readonly clock: Clock,
  ) {
    this.#exchange = new RefreshExchange({ forgery, replays, keys, lifetimes: OPERATOR_LIFETIMES });
  }

  /** Raises SessionEndedError, RefreshRacedError, and for a token of a browser ForgeryTokenMissingError and ForgeryTokenMismatchError. */
  async refresh(request: RefreshRequest): Promise<SessionTokenSet> {
    const now = this.clock.now();
    const outcome = await this.operators.transaction((book) => this.#exchange.exchange(storeOf(book, now), request, now));
    return this.tokens.of(requireRenewed(outcome));
  }
}

function storeOf({ sessions, tokens, record }: OperatorBook, now: Date): RefreshStore {
  return {
    place: OPERATORS_PLACE,
    claim: (hash, mark) => tokens.claim(hash, mark),
    used: (hash) => tokens.used(hash),

    async session(id): Promise<RenewableSession | null> {
      const found = await sessions.find(id);
      return found && { ...found, ownerId: found.operatorId, isActive: found.status === 'active' };
    },

    async renew({ id }, { hash, parentHash, at, idleExpiresAt }) {
      await tokens.add({ hash, sessionId: id, parentHash, at });
      await tokens.touch(id, { at, idleExpiresAt, ip: WorkOrigin.current().ip ?? null });
    },

    async endStolen({ id, ownerId }) {
      await sessions.end({ operatorId: ownerId, only: id }, 'reuse_detected', now);
      const targets = [operatorTarget(ownerId), { type: 'operator_session', id }];
      await record({ action: 'operator.reuse-detected', targets, outcome: 'denied' });
    },
  };
}
