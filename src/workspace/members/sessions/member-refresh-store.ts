import type { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import { rowTime } from '#kernel/model/row-time.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import type { MemberTables } from '../member-tables.js';
import type { RefreshStore, RenewableSession } from './refresh-exchange.js';

/** The refresh tokens of a tenant's members, in one transaction of the tenant; `endStolen` is what becomes of a session whose token was shown twice. */
export function memberRefreshStore(transaction: TenantTransaction, endStolen: RefreshStore['endStolen']): RefreshStore {
  const { id: tenant_id } = transaction.tenant;
  const tables = transaction.sql<MemberTables>();
  return {
    place: tenant_id,
    endStolen,

    async claim(hash, { usedAt, replacedBy }) {
      // One statement decides who rotates; the others wait here for its commit and then find nothing.
      const claimed = await tables
        .updateTable('refresh_token')
        .set({ used_at: usedAt, replaced_by: replacedBy })
        .where('hash', '=', hash)
        .where('used_at', 'is', null)
        .returning('session_id')
        .executeTakeFirst();
      return claimed?.session_id ?? null;
    },

    async used(hash) {
      const used = await tables
        .selectFrom('refresh_token as used')
        .leftJoin('refresh_token as next', 'next.hash', 'used.replaced_by')
        .select(['used.session_id', 'used.used_at', 'next.used_at as next_used_at'])
        .where('used.hash', '=', hash)
        .executeTakeFirst();
      if (!used?.used_at) return null;
      return { sessionId: used.session_id, usedAt: rowTime(used.used_at), isSuccessorUsed: used.next_used_at !== null };
    },

    session: (id) => sessionOf(transaction, id),

    async renew(session, { hash, parentHash, at, idleExpiresAt }) {
      const next = { tenant_id, hash, session_id: session.id, parent_hash: parentHash, issued_at: at, used_at: null, replaced_by: null };
      await tables.insertInto('refresh_token').values(next).execute();
      await tables
        .updateTable('member_session')
        .set({ last_seen_at: at, idle_expires_at: idleExpiresAt, ip_last: WorkOrigin.current().ip ?? null })
        .where('id', '=', session.id)
        .execute();
    },
  };
}

async function sessionOf(transaction: TenantTransaction, id: string): Promise<RenewableSession | null> {
  const row = await transaction
    .sql<MemberTables>()
    .selectFrom('member_session')
    .innerJoin('member', 'member.id', 'member_session.member_id')
    .select([
      'member_session.member_id',
      'member_session.authenticated_at',
      'member_session.idle_expires_at',
      'member_session.expires_at',
      'member_session.revoked_at',
      'member.status',
    ])
    .where('member_session.id', '=', id)
    .executeTakeFirst();
  if (!row) return null;
  return {
    id,
    ownerId: row.member_id,
    authenticatedAt: rowTime(row.authenticated_at),
    idleExpiresAt: rowTime(row.idle_expires_at),
    expiresAt: rowTime(row.expires_at),
    isRevoked: row.revoked_at !== null,
    isActive: row.status === 'active',
  };
}
