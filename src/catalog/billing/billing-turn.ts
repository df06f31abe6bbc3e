import type { EntityManager } from '@mikro-orm/postgresql';
import type { PlatformAct } from '#catalog/audit/platform-act.js';
import type { PlatformAudit } from '#catalog/audit/platform-audit.js';
import {
  SELECT_SUBSCRIPTIONS,
  subscriptionOf,
  type SubscriptionRecord,
  type SubscriptionRow,
} from '#catalog/billing/subscription-record.js';
import type { WorkBook, WorkWish } from '#catalog/work/work-book.js';
import type { PlacementKind } from '#kernel/tenancy/placement.js';
import type { TenantAccess, TenantStatus } from '#kernel/tenancy/tenant.js';

/** What billing sees of a tenant. */
export interface BilledTenant {
  readonly id: string;
  readonly plan: string;
  readonly status: TenantStatus;
  readonly access: TenantAccess;
  readonly kind: PlacementKind;
}

/** What billing changes of a tenant. */
export interface BilledTerms {
  readonly plan: string;
  readonly access: TenantAccess;
  readonly billedFrom: Date | null;
  readonly billedUntil: Date | null;
}

/** One transaction about one customer, alone with it. For BillingBook. */
export class BillingTurn {
  /** Works to ring for, and tenants to announce, after the commit. */
  readonly asked: string[] = [];
  readonly changed = new Set<string>();

  constructor(
    private readonly em: EntityManager,
    private readonly works: WorkBook,
    private readonly audit: PlatformAudit,
    readonly customerId: string,
  ) {}

  /** Whose customer it is; null when it is nobody's. */
  async tenant(): Promise<BilledTenant | null> {
    const [row] = await this.em.execute<BilledTenant[]>(
      `select t.id, t.plan, t.status, t.access, p.kind from billing_customer c
       join tenant t on t.id = c.tenant_id join placement p on p.tenant_id = t.id where c.customer_id = ?`,
      [this.customerId],
    );
    return row ?? null;
  }

  async subscription(tenantId: string): Promise<SubscriptionRecord | null> {
    const [row] = await this.em.execute<SubscriptionRow[]>(`${SELECT_SUBSCRIPTIONS} where s.tenant_id = ?`, [tenantId]);
    return row ? subscriptionOf(row) : null;
  }

  /** Notices of this customer that nothing was done about. */
  async openNotices(): Promise<string[]> {
    const rows = await this.em.execute<{ id: string }[]>(`select id from stripe_event where customer_id = ? and state <> 'processed'`, [
      this.customerId,
    ]);
    return rows.map(({ id }) => id);
  }

  async settleNotices(ids: readonly string[], state: 'processed' | 'unmatched', at: Date, error: string | null = null): Promise<void> {
    if (ids.length === 0) return;
    await this.em.execute(
      `update stripe_event set state = ?, processed_at = case when ? = 'processed' then ?::timestamptz end,
         error = case when state = 'unmatched' and ? = 'unmatched' then error else ? end
       where id in (select jsonb_array_elements_text(?::jsonb)) and state <> 'processed'`,
      [state, state, at.toISOString(), state, error, JSON.stringify(ids)],
    );
  }

  /** Takes the place of what was kept; its version is one more. */
  async keep(record: Omit<SubscriptionRecord, 'version'>): Promise<void> {
    const at = (time: Date | null): string | null => time?.toISOString() ?? null;
    await this.em.execute(
      `insert into billing_subscription (tenant_id, subscription_id, status, plan, price_id, quantity, amount, currency, interval, interval_count,
         period_start, period_end, trial_end, cancel_at_period_end, scheduled, past_due_since, unpaid_since, applied, told, fetched_at, version)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?, 1)
       on conflict (tenant_id) do update set subscription_id = excluded.subscription_id, status = excluded.status, plan = excluded.plan,
         price_id = excluded.price_id, quantity = excluded.quantity, amount = excluded.amount, currency = excluded.currency,
         interval = excluded.interval, interval_count = excluded.interval_count, period_start = excluded.period_start,
         period_end = excluded.period_end, trial_end = excluded.trial_end, cancel_at_period_end = excluded.cancel_at_period_end,
         scheduled = excluded.scheduled, past_due_since = excluded.past_due_since, unpaid_since = excluded.unpaid_since,
         applied = excluded.applied, told = excluded.told, fetched_at = excluded.fetched_at, version = billing_subscription.version + 1`,
      [
        ...[record.tenantId, record.subscriptionId, record.status, record.plan, record.priceId, record.quantity, String(record.amount)],
        ...[record.currency, record.interval, record.intervalCount, at(record.periodStart), at(record.periodEnd), at(record.trialEnd)],
        ...[
          record.cancelAtPeriodEnd,
          record.scheduled && JSON.stringify(record.scheduled),
          at(record.pastDueSince),
          at(record.unpaidSince),
        ],
        ...[record.applied, record.told, at(record.fetchedAt)],
      ],
    );
  }

  /** The platform has nothing of a subscription any more. */
  async drop(tenantId: string): Promise<void> {
    await this.em.execute('delete from billing_subscription where tenant_id = ?', [tenantId]);
  }

  async applied(tenantId: string, applied: SubscriptionRecord['applied']): Promise<void> {
    await this.em.execute('update billing_subscription set applied = ? where tenant_id = ?', [applied, tenantId]);
  }

  /** What the tenant may from now on; every process is told after the commit when it is another than before. */
  async setTerms(tenantId: string, { plan, access, billedFrom, billedUntil }: BilledTerms): Promise<void> {
    const values = [plan, access, billedFrom?.toISOString() ?? null, billedUntil?.toISOString() ?? null];
    const changed = await this.em.execute<unknown[]>(
      `update tenant set plan = ?, access = ?, billed_from = ?::timestamptz, billed_until = ?::timestamptz, updated_at = clock_timestamp()
       where id = ? and (plan, access, billed_from, billed_until) is distinct from (?, ?, ?::timestamptz, ?::timestamptz) returning id`,
      [...values, tenantId, ...values],
    );
    if (changed.length > 0) this.changed.add(tenantId);
  }

  /** Where the tenant should live by its plan, when that is elsewhere; null takes the wish back. Whoever moves tenants acts on it, nobody here. */
  async wish(tenantId: string, kind: PlacementKind | null, at: Date): Promise<void> {
    if (kind === null) await this.em.execute('delete from tenant_wish where tenant_id = ?', [tenantId]);
    else
      await this.em.execute(
        `insert into tenant_wish (tenant_id, wanted_kind, since) values (?, ?, ?)
         on conflict (tenant_id) do update set wanted_kind = excluded.wanted_kind, since = excluded.since
         where tenant_wish.wanted_kind <> excluded.wanted_kind`,
        [tenantId, kind, at.toISOString()],
      );
  }

  async enqueue(wish: WorkWish): Promise<void> {
    this.asked.push(await this.works.enqueue(this.em, wish));
  }

  /** Call it last: recorders of the platform take turns from here to the commit. */
  async record(act: PlatformAct): Promise<void> {
    await this.audit.record(this.em, act);
  }
}
