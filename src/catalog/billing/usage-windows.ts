import type { MikroORM } from '@mikro-orm/postgresql';
import type { MeterTerms } from '#kernel/tenancy/plan-terms.js';

/** How much of a meter a tenant used in a billing period. */
export interface UsageWindow {
  readonly tenantId: string;
  readonly meter: string;
  readonly periodStart: Date;
  readonly used: number;
}

/** A quantity that is to be told to the payment provider under one name, once. */
export interface UsageReport {
  readonly tenantId: string;
  readonly meter: string;
  readonly periodStart: Date;
  readonly hour: Date;
  readonly quantity: number;
  /** Who pays for it. */
  readonly customerId: string;
  /** When the period that is known to be paid now began; null when none is. */
  readonly billedFrom: Date | null;
}

interface ReportRow {
  readonly tenant_id: string;
  readonly meter: string;
  readonly period_start: string;
  readonly hour: string;
  readonly quantity: string;
  readonly customer_id: string;
  readonly billed_from: string | null;
}

/** What tenants used by the catalog's last word, and how much of it was told to the payment provider. */
export class UsageWindows {
  constructor(private readonly catalog: MikroORM) {}

  /**
   * A counter only goes up, so the larger of two readings is the newer one. `terms` are those of its period, for as long as that is the present
   * one; null leaves what was said then, and a period of which nothing was ever said is not billed.
   */
  async keep({ tenantId, meter, periodStart, used }: UsageWindow, terms: MeterTerms | null, at: Date): Promise<void> {
    await this.catalog.em.fork().execute(
      `insert into usage_window as w (tenant_id, meter, period_start, used, included, beyond, updated_at) values (?, ?, ?, ?, ?, ?, ?)
       on conflict (tenant_id, meter, period_start) do update set used = greatest(w.used, excluded.used), updated_at = excluded.updated_at,
         included = case when excluded.beyond is null then w.included else excluded.included end, beyond = coalesce(excluded.beyond, w.beyond)
       where w.used < excluded.used
         or (excluded.beyond is not null and (w.included, w.beyond) is distinct from (excluded.included, excluded.beyond))`,
      [
        ...[tenantId, meter, periodStart.toISOString(), String(used)],
        ...[terms && terms.included !== null ? String(terms.included) : null, terms?.beyond ?? null, at.toISOString()],
      ],
    );
  }

  /**
   * Sets aside what is to be paid beside the plan and was not yet, of tenants that somebody pays for, to be told for that hour; what was set
   * aside is never changed, so that it can be told again under its name. Of a window of which something was set aside for the hour, nothing.
   */
  async setAside(hour: Date): Promise<void> {
    await this.catalog.em.fork().execute(
      `with w as (select u.tenant_id, u.meter, u.period_start, u.used - u.included - u.reported as due
         from usage_window u join billing_customer c using (tenant_id)
         where u.beyond = 'bill' and u.used - u.included > u.reported
         order by u.tenant_id, u.meter, u.period_start for update of u),
       r as (insert into usage_report (tenant_id, meter, period_start, hour, quantity)
         select tenant_id, meter, period_start, ?::timestamptz, due from w on conflict do nothing
         returning tenant_id, meter, period_start, quantity)
       update usage_window u set reported = u.reported + r.quantity from r
       where u.tenant_id = r.tenant_id and u.meter = r.meter and u.period_start = r.period_start`,
      [hour.toISOString()],
    );
  }

  /** What was set aside and not told, of tenants that somebody pays for, the oldest first. */
  async toTell(atMost: number): Promise<UsageReport[]> {
    const rows = await this.catalog.em.fork().execute<ReportRow[]>(
      `select r.tenant_id, r.meter, r.period_start::text, r.hour::text, r.quantity::text, c.customer_id, t.billed_from::text
       from usage_report r join billing_customer c using (tenant_id) join tenant t on t.id = r.tenant_id
       where r.reported_at is null order by r.hour, r.tenant_id, r.meter limit ?`,
      [atMost],
    );
    return rows.map((row) => ({
      ...{ tenantId: row.tenant_id, meter: row.meter, periodStart: new Date(row.period_start), hour: new Date(row.hour) },
      ...{ quantity: Number(row.quantity), customerId: row.customer_id },
      billedFrom: row.billed_from === null ? null : new Date(row.billed_from),
    }));
  }

  async told({ tenantId, meter, periodStart, hour }: UsageReport, at: Date): Promise<void> {
    await this.catalog.em
      .fork()
      .execute('update usage_report set reported_at = ? where tenant_id = ? and meter = ? and period_start = ? and hour = ?', [
        ...[at.toISOString(), tenantId, meter, periodStart.toISOString(), hour.toISOString()],
      ]);
  }

  /**
   * Forgets what was told before, and windows that have not moved since and of which nothing was told. Of the others it stays known how much was:
   * a period may last longer, and its counter goes on from there.
   */
  async trim(before: Date): Promise<void> {
    const em = this.catalog.em.fork();
    await em.execute('delete from usage_report where reported_at < ?', [before.toISOString()]);
    await em.execute('delete from usage_window where reported = 0 and updated_at < ?', [before.toISOString()]);
  }
}
