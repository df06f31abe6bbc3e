import { Migration } from '@mikro-orm/migrations';

/** Which migration the tables of every home are at, and the runs that bring homes to a newer one, target by target. */
export class Fleet0016 extends Migration {
  override up(): void {
    this.addSql(`create table home_version (
      cluster text not null,
      database text not null,
      home text not null,
      version text not null,
      needs text not null default '',
      changed_at timestamptz(3) not null default clock_timestamp(),
      primary key (cluster, database, home)
    )`);
    this.addSql(`create table migration_run (
      id uuid primary key,
      state text not null check (state in ('running', 'paused', 'stopped', 'aborted', 'failed', 'done')),
      version text not null,
      wish jsonb not null check (jsonb_typeof(wish) = 'object'),
      wave integer not null default 1,
      total integer not null default 0,
      migrated integer not null default 0,
      failed integer not null default 0,
      skipped integer not null default 0,
      requested_by text not null,
      reason text,
      created_at timestamptz(3) not null default clock_timestamp(),
      finished_at timestamptz(3)
    )`);
    this.addSql(`create unique index migration_run_open on migration_run ((true)) where state in ('running', 'paused', 'stopped')`);
    this.addSql(`create index migration_run_age on migration_run (created_at)`);
    this.addSql(`create table migration_target (
      run_id uuid not null references migration_run (id) on delete cascade,
      target text not null,
      cluster text not null,
      database text not null,
      home text not null,
      tier text not null check (tier in ('row', 'schema', 'database')),
      tenant_id uuid,
      wave integer not null,
      state text not null default 'pending' check (state in ('pending', 'running', 'migrated', 'failed', 'skipped')),
      holder text,
      tries integer not null default 0,
      due_at timestamptz(3) not null default clock_timestamp(),
      error text check (char_length(error) <= 500),
      finished_at timestamptz(3),
      primary key (run_id, target)
    )`);
    this.addSql(
      `create index migration_target_open on migration_target (run_id, wave, cluster, database, home) where state in ('pending', 'running')`,
    );
    this.addSql(`create index migration_target_failed on migration_target (run_id, target) where state in ('failed', 'skipped')`);
    this.addSql(`create table migration_run_event (
      run_id uuid not null references migration_run (id) on delete cascade,
      seq integer not null,
      at timestamptz(3) not null default clock_timestamp(),
      what jsonb not null check (jsonb_typeof(what) = 'object'),
      primary key (run_id, seq)
    )`);
  }

  override down(): void {
    this.addSql('drop table migration_run_event, migration_target, migration_run, home_version');
  }
}
