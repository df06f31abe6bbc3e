import { StepMigration } from '#adapters/postgres/step-migration.js';

/**
 * Why a tenant is suspended: each cause is lifted by those who set it, and the tenant is suspended as long as there is one. And whose data
 * must not be taken away, whatever becomes of the tenant; of a cancelled one, tenant_retention says the same to whoever erases.
 */
export class Suspensions0013 extends StepMigration {
  override up(): void {
    this.addSql(`create table tenant_suspension (
      tenant_id uuid not null references tenant (id) on delete cascade,
      cause text not null check (cause in ('operator', 'billing', 'security')),
      reason text not null check (char_length(reason) between 1 and 2000),
      since timestamptz(3) not null,
      by text not null check (char_length(by) between 1 and 200),
      primary key (tenant_id, cause)
    )`);
    this.addSql(`create table tenant_legal_hold (
      tenant_id uuid primary key references tenant (id) on delete cascade,
      reason text not null check (char_length(reason) between 1 and 2000),
      since timestamptz(3) not null,
      by text not null check (char_length(by) between 1 and 200)
    )`);
    // The last warning that was asked for, by how many days before the erasure it is for.
    this.addSql('alter table tenant_retention add column warned_days integer check (warned_days > 0)');
  }

  override down(): void {
    this.addSql('alter table tenant_retention drop column warned_days');
    this.addSql('drop table tenant_legal_hold, tenant_suspension');
  }
}
