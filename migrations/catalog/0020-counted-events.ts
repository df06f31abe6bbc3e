import { StepMigration } from '#adapters/postgres/step-migration.js';

/** A run knows the number of its newest event, so that one statement counts it up and tells it. */
export class CountedEvents0020 extends StepMigration {
  override up(): void {
    this.addSql('alter table migration_run add column events integer not null default 0');
  }

  override down(): void {
    this.addSql('alter table migration_run drop column events');
  }
}
