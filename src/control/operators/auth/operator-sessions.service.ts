import { Injectable } from '@nestjs/common';
import { OperatorCatalog } from '#catalog/operators/operator-catalog.js';
import type { OperatorSessionChoice } from '#catalog/operators/operator-sessions.js';
import type { OperatorRevokeReason } from '#catalog/operators/operator-tables.js';
import { Clock } from '#kernel/work/clock.js';
import { SessionNotFoundError } from '#workspace/members/auth.errors.js';
import type { SessionView } from '#workspace/members/sessions/session.schemas.js';
import type { SignedInOperator } from '../acting-operator.js';
import { operatorTarget } from './operator-login.service.js';

/** An operator's own sessions: one for each device they signed in at. */
@Injectable()
export class OperatorSessionsService {
  constructor(
    private readonly operators: OperatorCatalog,
    private readonly clock: Clock,
  ) {}

  /** Those that are still good, newest first. */
  async list({ id, sessionId }: SignedInOperator): Promise<SessionView[]> {
    const rows = await this.operators.once(({ sessions }) => sessions.list(id, this.clock.now()));
    return rows.map(({ createdAt, lastSeenAt, authenticatedAt, expiresAt, ...row }) => ({
      ...row,
      createdAt: createdAt.toISOString(),
      lastSeenAt: lastSeenAt.toISOString(),
      authenticatedAt: authenticatedAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
      current: row.id === sessionId,
    }));
  }

  /** Ends one of one's own. Raises SessionNotFoundError. */
  async revoke({ id: operatorId, sessionId }: SignedInOperator, id: string): Promise<void> {
    const ended = await this.#end({ operatorId, only: id }, id === sessionId ? 'logout' : 'revoked');
    if (ended === 0) throw new SessionNotFoundError();
  }

  /** Ends all of one's own but this one. */
  async revokeOthers({ id: operatorId, sessionId }: SignedInOperator): Promise<void> {
    await this.#end({ operatorId, except: sessionId }, 'revoked');
  }

  #end(choice: OperatorSessionChoice, reason: OperatorRevokeReason): Promise<number> {
    return this.operators.transaction(async ({ sessions, record }) => {
      const ended = await sessions.end(choice, reason, this.clock.now());
      const { operatorId, only } = choice;
      const targets = [operatorTarget(operatorId), ...(only === undefined ? [] : [{ type: 'operator_session', id: only }])];
      if (ended > 0) await record({ action: 'operator.sign-out', targets, details: { sessions: ended, cause: reason } });
      return ended;
    });
  }
}
