import type { EntityManager } from '@mikro-orm/postgresql';
import type { OperatorTables } from '#catalog/operators/operator-tables.js';
import { rowTime } from '#kernel/model/row-time.js';

/** The refresh tokens of operators' sessions, by their hashes. */
export class OperatorTokens {
  constructor(private readonly em: EntityManager) {}

  get #tables() {
    return this.em.getKysely<OperatorTables>();
  }

  async add(token: { hash: string; sessionId: string; parentHash: string | null; at: Date }): Promise<void> {
    const { hash, sessionId: session_id, parentHash: parent_hash, at: issued_at } = token;
    await this.#tables
      .insertInto('operator_refresh_token')
      .values({ hash, session_id, parent_hash, issued_at, used_at: null, replaced_by: null })
      .execute();
  }

  /** Marks a token as used that was not, and gives its session. Of several at once one gets it; the others wait for its commit. */
  async claim(hash: string, { usedAt, replacedBy }: { readonly usedAt: Date; readonly replacedBy: string }): Promise<string | null> {
    const claimed = await this.#tables
      .updateTable('operator_refresh_token')
      .set({ used_at: usedAt, replaced_by: replacedBy })
      .where('hash', '=', hash)
      .where('used_at', 'is', null)
      .returning('session_id')
      .executeTakeFirst();
    return claimed?.session_id ?? null;
  }

  /** A token that was used. */
  async used(hash: string): Promise<{ sessionId: string; usedAt: Date; isSuccessorUsed: boolean } | null> {
    const used = await this.#tables
      .selectFrom('operator_refresh_token as used')
      .leftJoin('operator_refresh_token as next', 'next.hash', 'used.replaced_by')
      .select(['used.session_id', 'used.used_at', 'next.used_at as next_used_at'])
      .where('used.hash', '=', hash)
      .executeTakeFirst();
    if (!used?.used_at) return null;
    return { sessionId: used.session_id, usedAt: rowTime(used.used_at), isSuccessorUsed: used.next_used_at !== null };
  }

  /** A session was renewed: it may rest so long from now on. */
  async touch(sessionId: string, seen: { readonly at: Date; readonly idleExpiresAt: Date; readonly ip: string | null }): Promise<void> {
    await this.#tables
      .updateTable('operator_session')
      .set({ last_seen_at: seen.at, idle_expires_at: seen.idleExpiresAt, ip_last: seen.ip })
      .where('id', '=', sessionId)
      .execute();
  }
}
