import type { EntityManager } from '@mikro-orm/postgresql';
import type { OperatorRevokeReason, OperatorStatus, OperatorTables } from '#catalog/operators/operator-tables.js';
import { rowTime } from '#kernel/model/row-time.js';
import type { OperatorRole } from '#kernel/plugin/platform-permission.js';

/** A session as it is looked at with every request, and whose it is. */
export interface OperatorSession {
  readonly id: string;
  readonly operatorId: string;
  readonly name: string;
  readonly email: string;
  readonly status: OperatorStatus;
  readonly roles: readonly OperatorRole[];
  readonly authenticatedAt: Date;
  readonly idleExpiresAt: Date;
  readonly expiresAt: Date;
  readonly isRevoked: boolean;
}

/** A new session. */
export interface OperatorSessionStart {
  readonly id: string;
  readonly operatorId: string;
  readonly device: string;
  readonly userAgent: string | null;
  readonly ip: string | null;
  readonly at: Date;
  readonly idleExpiresAt: Date;
  readonly expiresAt: Date;
}

/** Which sessions of an operator; `except` keeps one. */
export interface OperatorSessionChoice {
  readonly operatorId: string;
  readonly only?: string;
  readonly except?: string;
}

/** A session for its owner's own list. */
export type OperatorSessionRow = Pick<OperatorSessionStart, 'id' | 'device' | 'userAgent' | 'ip' | 'expiresAt'> & {
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly authenticatedAt: Date;
};

/** The sessions of operators, by whichever entity manager it is given. */
export class OperatorSessions {
  constructor(private readonly em: EntityManager) {}

  get #tables() {
    return this.em.getKysely<OperatorTables>();
  }

  async find(id: string): Promise<OperatorSession | null> {
    const row = await this.#tables
      .selectFrom('operator_session as session')
      .innerJoin('operator', 'operator.id', 'session.operator_id')
      .select(['operator.id as operatorId', 'operator.name', 'operator.email', 'operator.status', 'operator.roles'])
      .select(['session.authenticated_at', 'session.idle_expires_at', 'session.expires_at', 'session.revoked_at'])
      .where('session.id', '=', id)
      .executeTakeFirst();
    if (!row) return null;
    const { authenticated_at, idle_expires_at, expires_at, revoked_at, ...whose } = row;
    const times = { authenticatedAt: rowTime(authenticated_at), idleExpiresAt: rowTime(idle_expires_at), expiresAt: rowTime(expires_at) };
    return { id, ...whose, ...times, isRevoked: revoked_at !== null };
  }

  async begin({ id, operatorId, device, userAgent, ip, at, idleExpiresAt, expiresAt }: OperatorSessionStart): Promise<void> {
    await this.#tables
      .insertInto('operator_session')
      .values({
        ...{ id, operator_id: operatorId, device, user_agent: userAgent, ip_first: ip, ip_last: ip },
        ...{ created_at: at, last_seen_at: at, authenticated_at: at, idle_expires_at: idleExpiresAt, expires_at: expiresAt },
        ...{ revoked_at: null, revoke_reason: null },
      })
      .execute();
  }

  /** Gives how many there were. */
  async end({ operatorId, only, except }: OperatorSessionChoice, reason: OperatorRevokeReason, at: Date): Promise<number> {
    let query = this.#tables
      .updateTable('operator_session')
      .set({ revoked_at: at, revoke_reason: reason })
      .where('operator_id', '=', operatorId)
      .where('revoked_at', 'is', null);
    if (only !== undefined) query = query.where('id', '=', only);
    if (except !== undefined) query = query.where('id', '!=', except);
    return (await query.returning('id').execute()).length;
  }

  /** Those that are still good, newest first. */
  async list(operatorId: string, now: Date): Promise<OperatorSessionRow[]> {
    const rows = await this.#tables
      .selectFrom('operator_session')
      .select(['id', 'device', 'user_agent as userAgent', 'ip_last as ip', 'created_at', 'last_seen_at', 'authenticated_at', 'expires_at'])
      .where('operator_id', '=', operatorId)
      .where('revoked_at', 'is', null)
      .where('idle_expires_at', '>', now)
      .where('expires_at', '>', now)
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(100)
      .execute();
    return rows.map(({ created_at, last_seen_at, authenticated_at, expires_at, ...row }) => ({
      ...row,
      createdAt: rowTime(created_at),
      lastSeenAt: rowTime(last_seen_at),
      authenticatedAt: rowTime(authenticated_at),
      expiresAt: rowTime(expires_at),
    }));
  }

  /** Takes those away that ended before; their tokens go with them. */
  async forget(operatorId: string, endedBefore: Date): Promise<void> {
    await this.#tables.deleteFrom('operator_session').where('operator_id', '=', operatorId).where('expires_at', '<', endedBefore).execute();
  }
}
