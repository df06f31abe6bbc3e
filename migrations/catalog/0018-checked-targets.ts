import { StepMigration } from '#adapters/postgres/step-migration.js';

/** A target that was migrated is held against the reference afterwards, by itself. */
export class CheckedTargets0018 extends StepMigration {
  override up(): void {
    // Those of runs that are over were held against it while they were migrated.
    this.addSql('alter table migration_target add column is_checked boolean not null default true');
    this.addSql(
      `create index migration_target_unchecked on migration_target (run_id, cluster, database, home) where state = 'migrated' and not is_checked`,
    );
  }

  override down(): void {
    this.addSql('drop index migration_target_unchecked');
    this.addSql('alter table migration_target drop column is_checked');
  }
}
