import { StepMigration } from '#adapters/postgres/step-migration.js';

/** What each tenant was last counted as, so that a look at all of them asks none. */
export class Rollups0008 extends StepMigration {
  override up(): void {
    this.addSql(`create table tenant_rollup (
      tenant_id uuid primary key references tenant (id) on delete cascade,
      users integer not null check (users >= 0),
      active_users_30d integer not null check (active_users_30d >= 0),
      tickets bigint not null check (tickets >= 0),
      storage_bytes bigint not null check (storage_bytes >= 0),
      schema_version text,
      counted_at timestamptz(3) not null
    )`);
    this.addSql(`create index tenant_rollup_counted_at on tenant_rollup (counted_at)`);
    this.addSql(`create index tenant_newest on tenant (created_at desc, id desc)`);
  }

  override down(): void {
    this.addSql('drop index tenant_newest');
    this.addSql('drop table tenant_rollup');
  }
}
