-- What holds tenants apart inside one database; the same in the shared database and in each Enterprise database.
-- Run by provisioning (a superuser) after roles.sql, in the database itself. Idempotent.

-- 1. The fence: per tenant (and per master key while one is rotated) its epoch, its home and the hash of its capability.
create schema if not exists tenancy;
alter schema tenancy owner to tenantry_sentinel;
revoke all on schema tenancy from public;
grant usage on schema tenancy to tenantry_tenant, tenantry_migrator, tenantry_owner;
grant usage, create on schema tenancy to tenantry_keeper;

create table if not exists tenancy.fence (
  tenant_id uuid not null,
  key_id text not null,
  epoch bigint not null,
  home text not null,
  capability_hash bytea not null unique check (octet_length(capability_hash) = 32),
  is_open boolean not null default true,
  primary key (tenant_id, key_id)
);
alter table tenancy.fence owner to tenantry_sentinel;
revoke all on tenancy.fence from public;
grant select, insert, update, delete on tenancy.fence to tenantry_migrator;

-- Whose capability was presented, when it opens this home; otherwise it says why not and never returns. A function and not a view, because
-- the planner would have to plan the view anew with every statement that is not prepared (decision 0002).
-- A stale and a forged capability answer alike, so guessing teaches nothing.
create or replace function tenancy.tenant_of(home text) returns uuid
language plpgsql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
declare
  presented text := current_setting('tenant.capability', true);
  fenced record;
begin
  select f.tenant_id, f.home, f.is_open into fenced
  from tenancy.fence f where f.capability_hash = sha256(convert_to(presented, 'UTF8'));
  if fenced.is_open and fenced.home = tenant_of.home then
    return fenced.tenant_id;
  elsif coalesce(presented, '') = '' then
    raise exception 'no tenant in this transaction' using errcode = 'TN001';
  elsif fenced.tenant_id is null then
    raise exception 'this capability is not valid here' using errcode = 'TN002';
  elsif fenced.is_open then
    raise exception 'permission denied: % is not the home of this tenant', left(tenant_of.home, 63) using errcode = '42501';
  end if;
  raise exception 'this tenant is closed' using errcode = 'TN003';
end $$;
alter function tenancy.tenant_of(text) owner to tenantry_sentinel;
revoke all on function tenancy.tenant_of(text) from public;
grant execute on function tenancy.tenant_of(text) to tenantry_tenant, tenantry_owner;

-- Puts a table of the current home under the fence: owner, FORCEd policy, grants. The one place where a policy is written.
-- The sub-select makes it an InitPlan: evaluated once per statement, and usable as an index condition.
create or replace function tenancy.protect(target regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  home text := (select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = target);
  mine text := format('tenant_id = (select tenancy.tenant_of(%L))', home);
begin
  execute format('alter table %s owner to tenantry_owner', target);
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('drop policy if exists tenant on %s', target);
  execute format('create policy tenant on %s for all to public using (%s) with check (%s)', target, mine, mine);
  execute format('revoke all on %s from public', target);
  execute format('grant select, insert, update, delete on %s to tenantry_tenant', target);
end $$;
alter function tenancy.protect(regclass) owner to tenantry_sentinel;
revoke all on function tenancy.protect(regclass) from public;
grant execute on function tenancy.protect(regclass) to tenantry_migrator, tenantry_owner;

-- 2. Whose database this is (Enterprise; empty in a shared one), and which migrations each home has had.
create table if not exists tenancy.whoami (tenant_id uuid not null, only_row boolean primary key default true check (only_row));
alter table tenancy.whoami owner to tenantry_sentinel;
revoke all on tenancy.whoami from public;
grant select on tenancy.whoami to tenantry_tenant, tenantry_migrator;
grant insert, delete on tenancy.whoami to tenantry_migrator;

create table if not exists tenancy.migration (
  home text not null,
  name text not null,
  applied_at timestamptz not null default now(),
  primary key (home, name)
);
alter table tenancy.migration owner to tenantry_sentinel;
revoke all on tenancy.migration from public;
grant select, insert, delete on tenancy.migration to tenantry_migrator;

-- Which text of this file the database was last given; provisioning alone writes it.
create table if not exists tenancy.foundation (
  hash text not null,
  laid_at timestamptz not null default now(),
  only_row boolean primary key default true check (only_row)
);
alter table tenancy.foundation owner to tenantry_sentinel;
revoke all on tenancy.foundation from public;
grant select on tenancy.foundation to tenantry_migrator;

-- 3. A login role may always change its own settings and password. What it changed is put back on the connection that did it (the session
--    stays authenticated) before it is destroyed: the password by this function, the settings by the session itself, because a setting
--    of "role" cannot be taken away inside a security definer function.
create table if not exists tenancy.role_seal (role_name name primary key, verifier text not null);
alter table tenancy.role_seal owner to tenantry_keeper;
revoke all on tenancy.role_seal from public;

create or replace function tenancy.restore_role() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  sealed text := (select s.verifier from tenancy.role_seal s where s.role_name = session_user);
begin
  if sealed is null then return; end if;
  perform pg_advisory_xact_lock(hashtext('tenantry.restore_role'));
  execute format('alter role %I password %L', session_user, sealed);
end $$;
alter function tenancy.restore_role() owner to tenantry_keeper;
revoke all on function tenancy.restore_role() from public;
grant execute on function tenancy.restore_role() to tenantry_tenant;
revoke create on schema tenancy from tenantry_keeper;

-- 4. Hardening: each line closes an attack between tenants that share a role and a pool.
do $$
begin
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to tenantry_migrator', current_database());
  execute format('grant create on database %I to tenantry_owner', current_database());
end $$;
revoke all on schema public from public;
-- No DO blocks: a block could catch the watchdog's cancel and go on for ever.
revoke usage on language plpgsql from public;
grant usage on language plpgsql to tenantry_owner, tenantry_sentinel, tenantry_keeper;

do $$
declare f record;
begin
  for f in
    select p.oid::regprocedure as signature from pg_proc p
    where p.pronamespace = 'pg_catalog'::regnamespace
      and (p.proname ~ '^(pg_advisory|pg_try_advisory)'                       -- locks on others' keys
        or p.proname ~ '^(lo_|loread$|lowrite$)'                              -- large objects belong to the role, not the tenant
        or p.proname ~ '^pg_stat(io)?_get_'                                    -- peers' statements, and how much they keep and do
        or p.proname in ('pg_relation_size', 'pg_table_size', 'pg_indexes_size', 'pg_total_relation_size', 'pg_database_size')
        or p.proname ~ '^(query|table|cursor|schema|database)_to_xml'         -- run SQL given as text
        or p.proname in ('pg_terminate_backend', 'pg_cancel_backend', 'pg_notify', 'pg_lock_status', 'pg_prepared_xact',
                         'ts_stat', 'pg_export_snapshot', 'pg_logical_emit_message', 'pg_log_backend_memory_contexts')
        or (p.proname = 'ts_rewrite' and p.pronargs = 2)                      -- runs SQL given as text too
        or p.proname in ('pg_prepared_statement', 'pg_cursor', 'setseed'))    -- what another left on this connection
  loop
    execute format('revoke execute on function %s from public', f.signature);
  end loop;
end $$;
do $$
declare v record;
begin
  for v in
    select c.oid::regclass as name from pg_class c
    where c.relnamespace = 'pg_catalog'::regnamespace and c.relkind = 'v'
      and (c.relname ~ '^pg_stat(io)?_' or c.relname in ('pg_locks', 'pg_prepared_xacts', 'pg_prepared_statements', 'pg_cursors'))
  loop
    execute format('revoke select on %s from public', v.name);
  end loop;
end $$;
grant execute on function pg_catalog.pg_advisory_xact_lock(bigint) to tenantry_migrator, tenantry_keeper;
