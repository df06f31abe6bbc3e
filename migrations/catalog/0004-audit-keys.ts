import { StepMigration } from '#adapters/postgres/step-migration.js';

/**
 * With which keys the platform ever signed for what is on record: what one signed stays signed when it is rotated out. Added to by `up` and
 * never changed; the login of the processes reads it, or whoever has that login could vouch for a forgery.
 */
export class AuditKeys0004 extends StepMigration {
  override up(): void {
    this.addSql(`create table audit_key (
      public_key text primary key check (char_length(public_key) between 40 and 200),
      known_since timestamptz(3) not null default clock_timestamp()
    )`);
    this.addSql(`create trigger keep before update or delete or truncate on audit_key
      for each statement execute function keep_platform_audit()`);
  }

  override down(): void {
    this.addSql('drop table audit_key');
  }
}
