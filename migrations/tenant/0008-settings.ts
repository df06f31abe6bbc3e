import { StepMigration } from '#adapters/postgres/step-migration.js';

/** What a tenant has its own way. A row without a value was taken back; it stays, so that no version is ever given twice. */
export class Settings0008 extends StepMigration {
  override up(): void {
    this.addSql(`create table setting (
      tenant_id uuid not null,
      id uuid not null,
      key text not null check (key ~ '^[a-z][a-z0-9-]{0,40}[.][a-z][a-z0-9-]{0,40}$'),
      value jsonb check (octet_length(value::text) <= 32000),
      until timestamptz(3),
      version integer not null,
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      primary key (tenant_id, id),
      unique (tenant_id, key)
    )`);
    this.addSql(`select tenancy.protect('setting')`);
  }

  override down(): void {
    this.addSql('drop table setting');
  }
}
