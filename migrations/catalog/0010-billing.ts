import { StepMigration } from '#adapters/postgres/step-migration.js';

/**
 * Who pays for which tenant, what the payment provider last said of it, its notices as they came in, what was used and told to it, and where
 * a tenant should live by its plan: a wish that nothing here fulfils.
 */
export class Billing0010 extends StepMigration {
  override up(): void {
    this.addSql(`create table billing_customer (
      tenant_id uuid primary key references tenant (id) on delete cascade,
      customer_id text not null unique check (char_length(customer_id) between 1 and 255),
      created_at timestamptz(3) not null default clock_timestamp()
    )`);
    this.addSql(`create table billing_subscription (
      tenant_id uuid primary key references tenant (id) on delete cascade,
      subscription_id text not null unique,
      status text not null check (status in
        ('incomplete', 'incomplete_expired', 'trialing', 'active', 'past_due', 'canceled', 'unpaid', 'paused')),
      plan text,
      price_id text not null,
      quantity integer not null,
      amount bigint not null,
      currency text not null,
      interval text not null check (interval in ('day', 'week', 'month', 'year')),
      interval_count integer not null check (interval_count >= 1),
      period_start timestamptz(3) not null,
      period_end timestamptz(3) not null,
      trial_end timestamptz(3),
      cancel_at_period_end boolean not null,
      scheduled jsonb check (jsonb_typeof(scheduled) = 'object'),
      past_due_since timestamptz(3),
      unpaid_since timestamptz(3),
      applied text check (applied in ('active', 'suspended', 'cancelled')),
      told text check (char_length(told) <= 50),
      fetched_at timestamptz(3) not null,
      version bigint not null
    )`);
    this.addSql(
      `create index billing_subscription_status on billing_subscription (status) where status in ('past_due', 'unpaid', 'canceled', 'incomplete_expired')`,
    );
    this.addSql(`create table stripe_event (
      id text primary key check (char_length(id) between 1 and 255),
      type text not null check (char_length(type) between 1 and 200),
      created_at timestamptz(3) not null,
      customer_id text check (char_length(customer_id) <= 255),
      object_type text check (char_length(object_type) <= 100),
      object_id text check (char_length(object_id) <= 255),
      received_at timestamptz(3) not null,
      processed_at timestamptz(3),
      state text not null check (state in ('received', 'processed', 'unmatched')),
      error text check (char_length(error) <= 500)
    )`);
    this.addSql(`create index stripe_event_open on stripe_event (customer_id, received_at) where state <> 'processed'`);
    this.addSql(`create index stripe_event_received on stripe_event (received_at)`);
    this.addSql(`create table tenant_wish (
      tenant_id uuid primary key references tenant (id) on delete cascade,
      wanted_kind text not null check (wanted_kind in ('row', 'schema', 'database')),
      since timestamptz(3) not null
    )`);
    this.addSql(`create table usage_window (
      tenant_id uuid not null references tenant (id) on delete cascade,
      meter text not null check (char_length(meter) between 1 and 100),
      period_start timestamptz(3) not null,
      used bigint not null check (used >= 0),
      reported bigint not null default 0 check (reported >= 0),
      updated_at timestamptz(3) not null,
      primary key (tenant_id, meter, period_start)
    )`);
    this.addSql(`create table usage_report (
      tenant_id uuid not null references tenant (id) on delete cascade,
      meter text not null,
      period_start timestamptz(3) not null,
      hour timestamptz(3) not null,
      quantity bigint not null check (quantity > 0),
      reported_at timestamptz(3),
      primary key (tenant_id, meter, period_start, hour)
    )`);
    this.addSql(`create index usage_report_open on usage_report (tenant_id) where reported_at is null`);
    this.addSql(`alter table tenant add column billed_from timestamptz(3), add column billed_until timestamptz(3)`);
  }

  override down(): void {
    this.addSql('drop table usage_report, usage_window, tenant_wish, stripe_event, billing_subscription, billing_customer');
    this.addSql('alter table tenant drop column billed_from, drop column billed_until');
  }
}
