import { StepMigration } from '#adapters/postgres/step-migration.js';

/** How much of what is metered was used in each billing period. */
export class Usage0010 extends StepMigration {
  override up(): void {
    this.addSql(`create table usage_counter (
      tenant_id uuid not null,
      meter text not null check (char_length(meter) between 1 and 100),
      period_start timestamptz(3) not null,
      used bigint not null check (used >= 0),
      updated_at timestamptz(3) not null,
      primary key (tenant_id, meter, period_start)
    )`);
    this.addSql(`select tenancy.protect('usage_counter')`);
  }

  override down(): void {
    this.addSql('drop table usage_counter');
  }
}
