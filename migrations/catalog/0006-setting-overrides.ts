import { StepMigration } from '#adapters/postgres/step-migration.js';

/** What operators have decided of a tenant's settings, out of the tenant's reach. */
export class SettingOverrides0006 extends StepMigration {
  override up(): void {
    this.addSql(`create table setting_override (
      tenant_id uuid not null references tenant (id) on delete cascade,
      key text not null check (key ~ '^[a-z][a-z0-9-]{0,40}[.][a-z][a-z0-9-]{0,40}$'),
      value jsonb not null check (octet_length(value::text) <= 32000),
      until timestamptz(3),
      reason text not null check (char_length(reason) between 1 and 500),
      "by" text not null,
      version integer not null,
      updated_at timestamptz(3) not null,
      primary key (tenant_id, key)
    )`);
  }

  override down(): void {
    this.addSql('drop table setting_override');
  }
}
