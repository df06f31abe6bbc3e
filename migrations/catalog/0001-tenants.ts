import { StepMigration } from '#adapters/postgres/step-migration.js';

/** Tenants, where they live, who may ask for them, and the clusters there are. */
export class Tenants0001 extends StepMigration {
  override up(): void {
    this.addSql(`create table cluster (
      name text primary key,
      region text not null
    )`);
    this.addSql(`create table tenant (
      id uuid primary key,
      slug text not null unique,
      name text not null,
      admin_email text not null,
      plan text not null,
      status text not null check (status in ('provisioning', 'active', 'suspended', 'cancelled')),
      region text not null,
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null
    )`);
    this.addSql(`create table placement (
      tenant_id uuid primary key references tenant (id) on delete cascade,
      kind text not null check (kind in ('row', 'schema', 'database')),
      region text not null,
      cluster text not null references cluster (name),
      database text not null,
      schema text not null,
      secret text unique,
      epoch bigint not null
    )`);
    this.addSql(`create unique index placement_home on placement (cluster, database, schema) where kind <> 'row'`);
    this.addSql(`create table api_key (
      id uuid primary key,
      tenant_id uuid not null references tenant (id) on delete cascade,
      name text not null,
      hash text not null unique,
      created_at timestamptz(3) not null,
      revoked_at timestamptz(3)
    )`);
    this.addSql(`create index api_key_tenant_id on api_key (tenant_id)`);
    this.addSql(`create table domain (
      name text primary key,
      tenant_id uuid not null references tenant (id) on delete cascade,
      challenge text not null,
      verified_at timestamptz(3)
    )`);
    this.addSql(`create index domain_tenant_id on domain (tenant_id)`);
  }

  override down(): void {
    this.addSql('drop table domain, api_key, placement, tenant, cluster');
  }
}
