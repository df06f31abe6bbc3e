import { randomUUIDv7 } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import { Clock } from '#kernel/work/clock.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import { CATEGORY_NAMES, CHANNELS } from '../notification-categories.js';
import type { NotificationTables } from '../notification-tables.js';
import { type Preference, wishOf } from './preference-order.js';
import type { PreferencesView, SetPreferences } from './preference.schemas.js';

/** How the members of the tenant in scope want to be told; null instead of a member is the tenant's default for all of them. */
@Injectable()
export class PreferencesService {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** What this member and the tenant said. */
  async said(memberId: string | null): Promise<Preference[]> {
    const rows = await this.contexts
      .reads<NotificationTables>()
      .selectFrom('notification_preference')
      .select(['member_id', 'category', 'channel', 'enabled'])
      .where((eb) => eb.or([eb('member_id', 'is', null), ...(memberId === null ? [] : [eb('member_id', '=', memberId)])]))
      .orderBy('channel')
      .orderBy('category')
      .execute();
    return rows.map(({ member_id, ...same }) => ({ memberId: member_id, ...same }));
  }

  async read(memberId: string | null): Promise<PreferencesView> {
    const said = await this.said(memberId);
    return {
      preferences: said
        .filter((one) => one.memberId === memberId)
        .map(({ category, channel, enabled }) => ({ category, channel, enabled })),
      effective: CATEGORY_NAMES.flatMap((category) =>
        CHANNELS.map((channel) => ({ category, channel, ...wishOf(category, channel, said) })),
      ),
    };
  }

  /** Replaces all that was said. */
  async replace(memberId: string | null, { preferences }: SetPreferences): Promise<PreferencesView> {
    return this.contexts.transaction(async (transaction) => {
      const statements = transaction.sql<NotificationTables>();
      await takeTurn(transaction, memberId);
      await statements
        .deleteFrom('notification_preference')
        .where('member_id', memberId === null ? 'is' : '=', memberId)
        .execute();
      const [tenant_id, created_at] = [transaction.tenant.id, this.clock.now()];
      const rows = preferences.map((one) => ({ tenant_id, id: randomUUIDv7(), member_id: memberId, ...one, created_at }));
      if (rows.length > 0) await statements.insertInto('notification_preference').values(rows).execute();
      this.audit.record({
        action: memberId === null ? 'notifications.defaults-changed' : 'notifications.preferences-changed',
        targets: memberId === null ? [] : [{ type: 'member', id: memberId }],
        details: { preferences: preferences.map(textOf) },
      });
      return this.read(memberId);
    });
  }
}

/** Of two at once, what the later one says holds. */
async function takeTurn(transaction: TenantTransaction, memberId: string | null): Promise<void> {
  const statements = transaction.sql<NotificationTables>();
  if (memberId === null) await statements.selectFrom('company').select('id').forNoKeyUpdate().execute();
  else await statements.selectFrom('member').select('id').where('id', '=', memberId).forNoKeyUpdate().execute();
}

function textOf({ category, channel, enabled }: SetPreferences['preferences'][number]): string {
  return `${category ?? '*'}/${channel}=${enabled ? 'on' : 'off'}`;
}
