import { StepMigration } from '#adapters/postgres/step-migration.js';

/** Answers to requests that must not be done twice, kept in the transaction of what they did. */
export class Idempotency0005 extends StepMigration {
  override up(): void {
    this.addSql(`create table idempotency_key (
      tenant_id uuid not null,
      principal text not null,
      route text not null,
      key text not null,
      fingerprint text not null,
      status smallint,
      headers jsonb,
      body text,
      created_at timestamptz(3) not null,
      expires_at timestamptz(3) not null,
      primary key (tenant_id, principal, route, key)
    )`);
    this.addSql(`create index idempotency_key_expiry on idempotency_key (tenant_id, expires_at)`);
    this.addSql(`select tenancy.protect('idempotency_key')`);
  }

  override down(): void {
    this.addSql('drop table idempotency_key');
  }
}
