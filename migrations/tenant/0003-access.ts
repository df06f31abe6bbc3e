import { StepMigration } from '#adapters/postgres/step-migration.js';

/** Roles a tenant made for itself, and rights given to or taken from one role, member or machine, for one thing or all of a kind. */
export class Access0003 extends StepMigration {
  override up(): void {
    this.addSql(`create table role (
      tenant_id uuid not null,
      id uuid not null,
      key text not null check (key ~ '^[a-z][a-z0-9-]{1,48}$' and key not in ('viewer', 'member', 'admin', 'owner')),
      name text not null check (char_length(name) between 1 and 100),
      parents text[] not null default '{}' check (cardinality(parents) <= 10),
      permissions text[] not null default '{}' check (cardinality(permissions) <= 200),
      version integer not null default 1,
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      primary key (tenant_id, id),
      unique (tenant_id, key)
    )`);
    this.addSql(`create table access_override (
      tenant_id uuid not null,
      id uuid not null,
      holder_kind text not null check (holder_kind in ('role', 'member', 'machine')),
      holder text not null,
      permission text not null,
      effect text not null check (effect in ('allow', 'deny')),
      resource_kind text,
      resource_id uuid,
      reason text not null default '',
      expires_at timestamptz(3),
      created_by uuid,
      created_at timestamptz(3) not null,
      primary key (tenant_id, id),
      check (resource_id is null or resource_kind is not null)
    )`);
    this.addSql(`create index access_override_holder on access_override (tenant_id, holder_kind, holder)`);
    for (const table of ['role', 'access_override']) this.addSql(`select tenancy.protect('${table}')`);
  }

  override down(): void {
    this.addSql('drop table access_override, role');
  }
}
