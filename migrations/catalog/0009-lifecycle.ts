import { StepMigration } from '#adapters/postgres/step-migration.js';

/**
 * How long the data of a cancelled tenant is kept, who holds it back, and what is left when it is gone: that it was (the tombstone, by which
 * a restored backup does not bring it back) and the proof (the certificate). Both are added to and never changed.
 */
export class Lifecycle0009 extends StepMigration {
  override up(): void {
    this.addSql(`create table tenant_retention (
      tenant_id uuid primary key references tenant (id) on delete cascade,
      cancelled_at timestamptz(3) not null,
      due_at timestamptz(3) not null check (due_at >= cancelled_at),
      legal_hold_reason text check (char_length(legal_hold_reason) between 1 and 2000),
      legal_hold_by text check (char_length(legal_hold_by) between 1 and 200),
      legal_hold_since timestamptz(3),
      state text not null default 'kept' check (state in ('kept', 'erasing', 'erased')),
      constraint tenant_retention_hold check (
        (legal_hold_since is null) = (legal_hold_reason is null) and (legal_hold_since is null) = (legal_hold_by is null))
    )`);
    this.addSql(`create index tenant_retention_due on tenant_retention (due_at) where state = 'kept' and legal_hold_since is null`);
    this.addSql(`create table erasure_certificate (
      id uuid primary key,
      tenant_id uuid not null unique,
      document text not null check (char_length(document) between 2 and 100000),
      signature bytea not null check (octet_length(signature) = 64),
      public_key text not null check (char_length(public_key) between 40 and 200),
      created_at timestamptz(3) not null
    )`);
    this.addSql(`create table tombstone (
      tenant_id uuid primary key,
      slug_hash text not null check (char_length(slug_hash) = 64),
      erased_at timestamptz(3) not null,
      certificate_id uuid not null references erasure_certificate (id)
    )`);
    this.addSql('create index tombstone_slug_hash on tombstone (slug_hash, erased_at)');
    for (const table of ['erasure_certificate', 'tombstone'])
      this.addSql(`create trigger keep before update or delete or truncate on ${table}
        for each statement execute function keep_platform_audit()`);
  }

  override down(): void {
    this.addSql('drop table tombstone, erasure_certificate, tenant_retention');
  }
}
