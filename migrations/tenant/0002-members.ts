import { StepMigration } from '#adapters/postgres/step-migration.js';

/** The people of a tenant, how they sign in, and the tenant's own card. Tokens are kept as hashes; nothing here opens anything. */
export class Members0002 extends StepMigration {
  override up(): void {
    this.addSql(`create table company (
      tenant_id uuid not null,
      id uuid not null,
      name text not null check (char_length(name) between 1 and 200),
      locale text not null default 'en',
      time_zone text not null default 'UTC',
      version integer not null default 1,
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      primary key (tenant_id, id),
      unique (tenant_id)
    )`);
    this.addSql(`create table member (
      tenant_id uuid not null,
      id uuid not null,
      email text not null check (email = lower(email) and char_length(email) <= 254),
      name text not null check (char_length(name) between 1 and 200),
      status text not null check (status in ('invited', 'active', 'disabled')),
      roles text[] not null check (cardinality(roles) between 1 and 10),
      password_hash text,
      password_changed_at timestamptz(3),
      version integer not null default 1,
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      primary key (tenant_id, id),
      unique (tenant_id, email)
    )`);
    this.addSql(`create index member_newest on member (tenant_id, created_at desc, id desc)`);
    this.addSql(`create table member_session (
      tenant_id uuid not null,
      id uuid not null,
      member_id uuid not null,
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
      revoke_reason text,
      primary key (tenant_id, id),
      foreign key (tenant_id, member_id) references member (tenant_id, id) on delete cascade
    )`);
    this.addSql(`create index member_session_member on member_session (tenant_id, member_id, created_at desc)`);
    this.addSql(`create table refresh_token (
      tenant_id uuid not null,
      hash text not null,
      session_id uuid not null,
      parent_hash text,
      issued_at timestamptz(3) not null,
      used_at timestamptz(3),
      replaced_by text,
      primary key (tenant_id, hash),
      foreign key (tenant_id, session_id) references member_session (tenant_id, id) on delete cascade
    )`);
    this.addSql(`create index refresh_token_session on refresh_token (tenant_id, session_id)`);
    this.addSql(`create table one_time_token (
      tenant_id uuid not null,
      id uuid not null,
      member_id uuid not null,
      purpose text not null check (purpose in ('setup', 'reset')),
      expires_at timestamptz(3) not null,
      used_at timestamptz(3),
      created_at timestamptz(3) not null,
      primary key (tenant_id, id),
      foreign key (tenant_id, member_id) references member (tenant_id, id) on delete cascade
    )`);
    this.addSql(`create index one_time_token_member on one_time_token (tenant_id, member_id)`);
    for (const table of ['company', 'member', 'member_session', 'refresh_token', 'one_time_token'])
      this.addSql(`select tenancy.protect('${table}')`);
  }

  override down(): void {
    this.addSql('drop table one_time_token, refresh_token, member_session, member, company');
  }
}
