import { StepMigration } from '#adapters/postgres/step-migration.js';

/**
 * What the platform does outside a tenant, step by step, until it ended whole or was taken back; what a tenant may beside the terms of its
 * plan; and whether it may only read.
 */
export class Work0005 extends StepMigration {
  override up(): void {
    this.addSql(`create table work (
      id uuid primary key,
      kind text not null check (char_length(kind) between 3 and 100),
      tenant_id uuid,
      key text,
      once text unique,
      input jsonb not null check (jsonb_typeof(input) = 'object'),
      origin jsonb not null check (jsonb_typeof(origin) = 'object'),
      state text not null check (state in ('queued', 'running', 'done', 'failed', 'compensated', 'needs_human')),
      direction text not null check (direction in ('forward', 'backward')),
      attempt integer not null default 0,
      failures integer not null default 0,
      due_at timestamptz(3) not null default clock_timestamp(),
      lease_until timestamptz(3),
      is_cancelled boolean not null default false,
      error text check (char_length(error) <= 500),
      created_at timestamptz(3) not null default clock_timestamp(),
      finished_at timestamptz(3)
    )`);
    this.addSql(`create unique index work_wish on work (kind, key) where state = 'queued' and attempt = 0 and key is not null`);
    this.addSql(`create index work_due on work (due_at) where state in ('queued', 'running')`);
    this.addSql(`create index work_of_tenant on work (tenant_id, created_at) where tenant_id is not null`);
    this.addSql(`create index work_ended on work (finished_at) where finished_at is not null`);
    this.addSql(`create table work_step (
      work_id uuid not null references work (id) on delete cascade,
      name text not null check (char_length(name) between 1 and 100),
      position integer not null,
      state text not null check (state in ('pending', 'running', 'done', 'failed', 'undoing', 'undone')),
      result jsonb,
      error text check (char_length(error) <= 500),
      started_at timestamptz(3),
      finished_at timestamptz(3),
      primary key (work_id, name)
    )`);
    this.addSql(`create table work_event (
      work_id uuid not null references work (id) on delete cascade,
      seq integer not null,
      at timestamptz(3) not null default clock_timestamp(),
      step text,
      state text not null,
      error text,
      primary key (work_id, seq)
    )`);
    this.addSql(`alter table tenant add column access text not null default 'full' check (access in ('full', 'read-only'))`);
    this.addSql(`create table entitlement_override (
      tenant_id uuid not null references tenant (id) on delete cascade,
      key text not null check (char_length(key) between 3 and 100),
      value jsonb not null check (jsonb_typeof(value) in ('boolean', 'number')),
      until timestamptz(3),
      reason text not null,
      set_by text not null,
      set_at timestamptz(3) not null default clock_timestamp(),
      primary key (tenant_id, key)
    )`);
  }

  override down(): void {
    this.addSql('drop table entitlement_override, work_event, work_step, work');
    this.addSql('alter table tenant drop column access');
  }
}
