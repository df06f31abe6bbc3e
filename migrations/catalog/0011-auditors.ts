import { StepMigration } from '#adapters/postgres/step-migration.js';

/** Who was given a login to look at one tenant's rows, and until when. The login itself, and what opens it, is the tenant's database's alone. */
export class Auditors0011 extends StepMigration {
  override up(): void {
    this.addSql(`create table auditor (
      id uuid primary key,
      tenant_id uuid not null references tenant (id) on delete cascade,
      email text not null check (char_length(email) between 3 and 254),
      role_name text not null unique check (role_name ~ '^tenantry_a_[0-9a-f]{20}$'),
      reason text not null check (char_length(reason) between 1 and 2000),
      expires_at timestamptz(3) not null,
      created_at timestamptz(3) not null,
      revoked_at timestamptz(3),
      unique (tenant_id, id)
    )`);
    this.addSql('create index auditor_due on auditor (expires_at) where revoked_at is null');
  }

  override down(): void {
    this.addSql('drop table auditor');
  }
}
