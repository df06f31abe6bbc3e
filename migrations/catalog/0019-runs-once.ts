import { StepMigration } from '#adapters/postgres/step-migration.js';

/** A request for a run that is repeated with its key is answered with the run that it began. */
export class RunsOnce0019 extends StepMigration {
  override up(): void {
    this.addSql('alter table migration_run add column once text, add column fingerprint text');
    this.addSql('create unique index migration_run_once on migration_run (once) where once is not null');
  }

  override down(): void {
    this.addSql('drop index migration_run_once');
    this.addSql('alter table migration_run drop column once, drop column fingerprint');
  }
}
