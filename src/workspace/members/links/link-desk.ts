import { randomUUIDv7 } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import { Clock } from '#kernel/work/clock.js';
import type { LinkPurpose, MemberTables } from '../member-tables.js';

const LIFETIME_MS: Readonly<Record<LinkPurpose, number>> = { setup: 7 * 86_400_000, reset: 3_600_000 };

/** The rows behind one-time links: 7 days for a first password, one hour for a new one, and the newest of a member alone is good. */
@Injectable()
export class LinkDesk {
  constructor(private readonly clock: Clock) {}

  /** Makes a row, in the transaction in scope, and gives its id; older ones of this member and purpose are worth nothing from now on. */
  async open(purpose: LinkPurpose, memberId: string): Promise<string> {
    const transaction = TenantTransaction.require('open a link');
    const now = this.clock.now();
    await this.close(memberId, purpose);
    const id = randomUUIDv7();
    const expires_at = new Date(now.getTime() + LIFETIME_MS[purpose]);
    await transaction
      .sql<MemberTables>()
      .insertInto('one_time_token')
      .values({ tenant_id: transaction.tenant.id, id, member_id: memberId, purpose, expires_at, used_at: null, created_at: now })
      .execute();
    return id;
  }

  /** Uses a link up, in the transaction in scope, and gives whose it was; null when it is used, replaced or too old. Of two at once one gets it. */
  async use(purpose: LinkPurpose, id: string): Promise<string | null> {
    const now = this.clock.now();
    const used = await TenantTransaction.require('use a link')
      .sql<MemberTables>()
      .updateTable('one_time_token')
      .set({ used_at: now })
      .where('id', '=', id)
      .where('purpose', '=', purpose)
      .where('used_at', 'is', null)
      .where('expires_at', '>', now)
      .returning('member_id')
      .executeTakeFirst();
    return used?.member_id ?? null;
  }

  /** Makes a member's links worth nothing, in the transaction in scope: those of one purpose, or all. */
  async close(memberId: string, purpose?: LinkPurpose): Promise<void> {
    let query = TenantTransaction.require('close links')
      .sql<MemberTables>()
      .updateTable('one_time_token')
      .set({ used_at: this.clock.now() })
      .where('member_id', '=', memberId)
      .where('used_at', 'is', null);
    if (purpose !== undefined) query = query.where('purpose', '=', purpose);
    await query.execute();
  }
}
