import { StepMigration } from '#adapters/postgres/step-migration.js';

/** What a machine credential may at most, and which member's rights bound it; a key without either is an operator's and may everything. */
export class ApiKeyRights0002 extends StepMigration {
  override up(): void {
    this.addSql(`alter table api_key
      add column permissions text[],
      add column created_by uuid,
      add constraint api_key_rights check (created_by is null or permissions is not null)`);
  }

  override down(): void {
    this.addSql('alter table api_key drop column permissions, drop column created_by');
  }
}
