import type { MikroORM } from '@mikro-orm/postgresql';

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
}

interface WindowRow {
  readonly tenant_id: string;
  readonly meter: string;
  readonly period_start: string;
  readonly used: string;
}

interface ReportRow extends Omit<WindowRow, 'used'> {
  readonly hour: string;
  readonly quantity: string;
}

/** What tenants used by the catalog's last word, and how much of it was told to the payment provider. */
export class UsageWindows {
  constructor(private readonly catalog: MikroORM) {}

  /** A counter only goes up, so the larger of two readings is the newer one. */
  async keep({ tenantId, meter, periodStart, used }: UsageWindow, at: Date): Promise<void> {
    await this.catalog.em.fork().execute(
      `insert into usage_window (tenant_id, meter, period_start, used, updated_at) values (?, ?, ?, ?, ?)
       on conflict (tenant_id, meter, period_start) do update set used = excluded.used, updated_at = excluded.updated_at
       where usage_window.used < excluded.used`,
      [tenantId, meter, periodStart.toISOString(), String(used), at.toISOString()],
    );
  }

  /** Windows of which not everything was told, of tenants that somebody pays for. */
  async untold(): Promise<UsageWindow[]> {
    const rows = await this.catalog.em.fork().execute<WindowRow[]>(
      `select w.tenant_id, w.meter, w.period_start::text, w.used::text from usage_window w join billing_customer c using (tenant_id)
       where w.used > w.reported order by w.tenant_id, w.meter, w.period_start`,
    );
    return rows.map((row) => ({ ...keyOf(row), used: Number(row.used) }));
  }

  /**
   * Sets aside what is `billable` of a window and was not yet, to be told for that hour; what was set aside is never changed, so that it can be
   * told again under its name. Nothing when something was set aside for the hour already.
   */
  async setAside({ tenantId, meter, periodStart }: Omit<UsageWindow, 'used'>, billable: number, hour: Date): Promise<void> {
    const key = [tenantId, meter, periodStart.toISOString()];
    await this.catalog.em.fork().execute(
      `with w as (select * from usage_window where tenant_id = ? and meter = ? and period_start = ? and reported < ? for update),
       r as (insert into usage_report (tenant_id, meter, period_start, hour, quantity)
         select tenant_id, meter, period_start, ?::timestamptz, ? - reported from w on conflict do nothing returning quantity)
       update usage_window set reported = reported + r.quantity from r where usage_window.tenant_id = ? and meter = ? and period_start = ?`,
      [...key, billable, hour.toISOString(), billable, ...key],
    );
  }

  /** What was set aside and not told, the oldest first. */
  async toTell(atMost: number): Promise<UsageReport[]> {
    const rows = await this.catalog.em.fork().execute<ReportRow[]>(
      `select tenant_id, meter, period_start::text, hour::text, quantity::text from usage_report where reported_at is null
       order by hour, tenant_id, meter limit ?`,
      [atMost],
    );
    return rows.map((row) => ({ ...keyOf(row), hour: new Date(row.hour), quantity: Number(row.quantity) }));
  }

  async told({ tenantId, meter, periodStart, hour }: UsageReport, at: Date): Promise<void> {
    await this.catalog.em
      .fork()
      .execute('update usage_report set reported_at = ? where tenant_id = ? and meter = ? and period_start = ? and hour = ?', [
        ...[at.toISOString(), tenantId, meter, periodStart.toISOString(), hour.toISOString()],
      ]);
  }
}

function keyOf(row: Omit<WindowRow, 'used'>): Omit<UsageWindow, 'used'> {
  return { tenantId: row.tenant_id, meter: row.meter, periodStart: new Date(row.period_start) };
}
