import { StepMigration } from '#adapters/postgres/step-migration.js';

/** The people who run the platform, and how they sign in. Tokens are kept as hashes; nothing here opens anything. */
export class Operators0007 extends StepMigration {
  override up(): void {
    this.addSql(`create table operator (
      id uuid primary key,
      email text not null unique check (email = lower(email) and char_length(email) between 3 and 254),
      name text not null check (char_length(name) between 1 and 200),
      status text not null check (status in ('invited', 'active', 'disabled')),
      roles text[] not null check (cardinality(roles) between 1 and 5 and roles <@ array['support', 'operator', 'billing', 'security', 'owner']),
      password_hash text,
      password_changed_at timestamptz(3),
      version integer not null default 1,
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      check (status <> 'active' or password_hash is not null)
    )`);
    this.addSql(`create index operator_newest on operator (created_at desc, id desc)`);
    this.addSql(`create table operator_session (
      id uuid primary key,
      operator_id uuid not null references operator (id) on delete cascade,
      device text not null,
      user_agent text,
      ip_first text,
      ip_last text,
      created_at timestamptz(3) not null,
      last_seen_at timestamptz(3) not null,
      authenticated_at timestamptz(3) not null,
      idle_expires_at timestamptz(3) not null,
      expires_at timestamptz(3) not null,
      revoked_at timestamptz(3),
      revoke_reason text
    )`);
    this.addSql(`create index operator_session_operator on operator_session (operator_id, created_at desc)`);
    this.addSql(`create table operator_refresh_token (
      hash text primary key,
      session_id uuid not null references operator_session (id) on delete cascade,
      parent_hash text,
      issued_at timestamptz(3) not null,
      used_at timestamptz(3),
      replaced_by text
    )`);
    this.addSql(`create index operator_refresh_token_session on operator_refresh_token (session_id)`);
    this.addSql(`create table operator_link (
      id uuid primary key,
      operator_id uuid not null references operator (id) on delete cascade,
      expires_at timestamptz(3) not null,
      used_at timestamptz(3),
      created_at timestamptz(3) not null
    )`);
    this.addSql(`create index operator_link_operator on operator_link (operator_id)`);
  }

  override down(): void {
    this.addSql('drop table operator_link, operator_refresh_token, operator_session, operator');
  }
}
