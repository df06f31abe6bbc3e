-- Edition 1. Any change of this file is a higher one: an older build leaves a database alone that was given a newer edition.
-- What holds tenants apart inside one database; the same in the shared database and in each Enterprise database.
-- Run by provisioning (a superuser) after roles.sql, in the database itself. Idempotent.

-- 1. The fence: per tenant (and per master key while one is rotated) its epoch, its home and the hash of its capability.
create schema if not exists tenancy;
alter schema tenancy owner to tenantry_sentinel;
revoke all on schema tenancy from public;
grant usage on schema tenancy to tenantry_tenant, tenantry_migrator, tenantry_owner, tenantry_overseer;
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
-- The status for which it was closed; null while it is open. Whoever opens it again has to know what it was closed for.
alter table tenancy.fence add column if not exists closed_as text;
alter table tenancy.fence owner to tenantry_sentinel;
revoke all on tenancy.fence from public;
grant select, insert, update, delete on tenancy.fence to tenantry_migrator;

-- Whose capability was presented, when it opens this home; otherwise it says why not and never returns. A function and not a view, because
-- the planner would have to plan the view anew with every statement that is not prepared (decision 0002).
-- A stale and a forged capability answer alike, so guessing teaches nothing. What is kept in this schema (the outbox) is every home's.
create or replace function tenancy.tenant_of(home text) returns uuid
language plpgsql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
declare
  presented text := current_setting('tenant.capability', true);
  fenced record;
begin
  select f.tenant_id, f.home, f.is_open into fenced
  from tenancy.fence f where f.capability_hash = sha256(convert_to(presented, 'UTF8'));
  if fenced.is_open and (fenced.home = tenant_of.home or tenant_of.home = 'tenancy') then
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
grant execute on function tenancy.tenant_of(text) to tenantry_tenant, tenantry_owner, tenantry_overseer;

-- Who may look at the rows of one tenant for a time, by a login of their own (roles tenantry_a_…).
create table if not exists tenancy.auditor (
  role_name name primary key,
  tenant_id uuid not null,
  home text not null,
  expires_at timestamptz not null check (isfinite(expires_at))
);
alter table tenancy.auditor owner to tenantry_sentinel;
revoke all on tenancy.auditor from public;
grant select, insert, delete on tenancy.auditor to tenantry_keeper;
grant select (tenant_id, home, is_open) on tenancy.fence to tenantry_keeper;

-- Whose rows of this home the login of an auditor may read: by its name, which nobody but provisioning can change, until the very moment it
-- ends, and while the tenant is open here. Anything else raises.
create or replace function tenancy.audited(home text) returns uuid
language plpgsql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
declare
  granted record;
begin
  select a.tenant_id into granted from tenancy.auditor a
  where a.role_name = session_user and a.home = audited.home and a.expires_at > clock_timestamp()
    and exists (select from tenancy.fence f where f.tenant_id = a.tenant_id and f.home = a.home and f.is_open);
  if granted.tenant_id is not null then return granted.tenant_id; end if;
  raise exception 'permission denied: there is nothing here that this login may read now' using errcode = '42501';
end $$;
alter function tenancy.audited(text) owner to tenantry_sentinel;
revoke all on function tenancy.audited(text) from public;
grant execute on function tenancy.audited(text) to tenantry_auditor;

-- The only place where policies of tenants are written. The sub-select makes each an InitPlan: evaluated once per statement, and usable as an
-- index condition. Each is for its own roles: policies for the same role add up, and one of them would raise for whom the other is meant.
-- What is kept in this schema is nobody's to audit.
create or replace function tenancy.lay_policies(target regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  home text := (select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = target);
  mine text := format('tenant_id = (select tenancy.tenant_of(%L))', home);
begin
  execute format('drop policy if exists tenant on %s', target);
  execute format('create policy tenant on %s for all to tenantry_tenant, tenantry_owner, tenantry_sentinel using (%s) with check (%s)', target, mine, mine);
  execute format('drop policy if exists auditor on %s', target);
  if home = 'tenancy' then return; end if;
  execute format('create policy auditor on %s for select to tenantry_auditor using (tenant_id = (select tenancy.audited(%L)))', target, home);
end $$;
alter function tenancy.lay_policies(regclass) owner to tenantry_sentinel;
revoke all on function tenancy.lay_policies(regclass) from public;
grant execute on function tenancy.lay_policies(regclass) to tenantry_migrator, tenantry_owner;

-- What an auditor is shown of a table: all of it, some columns, or nothing (an empty list).
create or replace function tenancy.show_auditors(target regclass, columns text[] default null) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('revoke all on %s from tenantry_auditor', target);
  if columns is null then
    execute format('grant select on %s to tenantry_auditor', target);
  elsif cardinality(columns) > 0 then
    execute format('grant select (%s) on %s to tenantry_auditor', (select string_agg(quote_ident(name), ', ') from unnest(columns) name), target);
  end if;
end $$;
alter function tenancy.show_auditors(regclass, text[]) owner to tenantry_sentinel;
revoke all on function tenancy.show_auditors(regclass, text[]) from public;
grant execute on function tenancy.show_auditors(regclass, text[]) to tenantry_migrator, tenantry_owner;

-- Puts a table of the current home under the fence: owner, FORCEd policies, grants. Auditors are shown all of it, unless the migration says
-- otherwise (show_auditors): secrets must be kept from them, and the catalogue audit looks for those.
drop function if exists tenancy.protect(regclass);
create or replace function tenancy.protect(target regclass, privileges text default 'select, insert, update, delete') returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  home text := (select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = target);
begin
  execute format('alter table %s owner to tenantry_owner', target);
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  perform tenancy.lay_policies(target);
  execute format('revoke all on %s from public, tenantry_tenant', target);
  execute format('grant %s on %s to tenantry_tenant', privileges, target);
  if home <> 'tenancy' then perform tenancy.show_auditors(target); end if;
end $$;
alter function tenancy.protect(regclass, text) owner to tenantry_sentinel;
revoke all on function tenancy.protect(regclass, text) from public;
grant execute on function tenancy.protect(regclass, text) to tenantry_migrator, tenantry_owner;

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
alter table tenancy.foundation add column if not exists edition integer not null default 0;
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

-- A login for one who looks at one tenant: it reads, in this database alone, and ends by itself. In the transaction of the role its place in
-- tenancy.auditor, without which it reads nothing. Two at once take turns, because both change the database's list of who may connect.
create or replace function tenancy.grant_auditor(role_name text, tenant uuid, home text, verifier text, expires_at timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if role_name ~ '^tenantry_a_[0-9a-f]{20}$' and verifier ~ '^SCRAM-SHA-256\$[0-9]+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$'
    and expires_at > clock_timestamp() and expires_at < clock_timestamp() + interval '1 year'
    and exists (select from tenancy.fence f where f.tenant_id = grant_auditor.tenant and f.home = grant_auditor.home and f.is_open) then
    perform pg_advisory_xact_lock(hashtext('tenantry.auditors'));
    execute format('create role %I login noinherit connection limit 5 valid until %L password %L', role_name, expires_at, verifier);
    execute format('grant tenantry_auditor to %I with inherit true, set false, admin false', role_name);
    execute format('alter role %I set default_transaction_read_only = on', role_name);
    execute format('alter role %I set statement_timeout = %L', role_name, '60s');
    execute format('alter role %I set idle_in_transaction_session_timeout = %L', role_name, '60s');
    execute format('alter role %I set search_path = %I, pg_temp', role_name, grant_auditor.home);
    execute format('grant connect on database %I to %I', current_database(), role_name);
    insert into tenancy.auditor values (role_name, grant_auditor.tenant, grant_auditor.home, grant_auditor.expires_at);
    return;
  end if;
  raise exception 'permission denied: this is no login of an auditor of a tenant that is open here' using errcode = '42501';
end $$;
alter function tenancy.grant_auditor(text, uuid, text, text, timestamptz) owner to tenantry_keeper;
revoke all on function tenancy.grant_auditor(text, uuid, text, text, timestamptz) from public;
grant execute on function tenancy.grant_auditor(text, uuid, text, text, timestamptz) to tenantry_migrator;

-- Ends it, its open sessions too; succeeds when it is gone. What the login said of itself (rights on what it might make) goes first, or the
-- role could not be dropped.
create or replace function tenancy.revoke_auditor(role_name text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if role_name ~ '^tenantry_a_[0-9a-f]{20}$' then
    perform pg_advisory_xact_lock(hashtext('tenantry.auditors'));
    delete from tenancy.auditor a where a.role_name = revoke_auditor.role_name;
    if not exists (select from pg_roles r where r.rolname = revoke_auditor.role_name) then return; end if;
    execute format('grant %I to tenantry_keeper with inherit true, set false', role_name);
    execute format('drop owned by %I', role_name);
    perform pg_terminate_backend(a.pid) from pg_stat_activity a where a.usename = revoke_auditor.role_name;
    execute format('drop role %I', role_name);
    return;
  end if;
  raise exception 'permission denied: this is no login of an auditor' using errcode = '42501';
end $$;
alter function tenancy.revoke_auditor(text) owner to tenantry_keeper;
revoke all on function tenancy.revoke_auditor(text) from public;
grant execute on function tenancy.revoke_auditor(text) to tenantry_migrator;

-- Those of a tenant that goes.
create or replace function tenancy.revoke_auditors(tenant uuid) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select tenancy.revoke_auditor(a.role_name::text) from tenancy.auditor a where a.tenant_id = revoke_auditors.tenant
$$;
alter function tenancy.revoke_auditors(uuid) owner to tenantry_keeper;
revoke all on function tenancy.revoke_auditors(uuid) from public;
grant execute on function tenancy.revoke_auditors(uuid) to tenantry_migrator;
revoke create on schema tenancy from tenantry_keeper;

-- 4. What is to be done after a commit: one row for each kind of job that something caused (decision 0008).
-- Holds the tenant's turn until the transaction ends: what is numbered under it is numbered in the order of the tenant's commits. For
-- triggers of tenants' tables; give it the tenant of the capability and never that of the row, or one tenant could hold another's turn.
create or replace function tenancy.take_turn(tenant uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(tenant::text, 7413));
end $$;
alter function tenancy.take_turn(uuid) owner to tenantry_sentinel;
revoke all on function tenancy.take_turn(uuid) from public;
grant execute on function tenancy.take_turn(uuid) to tenantry_owner;

create table if not exists tenancy.outbox (
  tenant_id uuid not null,
  id uuid not null,
  seq bigint not null,
  name text not null check (char_length(name) <= 100),
  topic text not null check (char_length(topic) <= 100),
  lane text check (char_length(lane) <= 100),
  payload text not null,
  origin text not null,
  dedupe text check (char_length(dedupe) <= 200),
  state text not null default 'pending' check (state in ('pending', 'queued', 'running', 'done', 'dead')),
  attempt integer not null default 0,
  max_attempts integer not null check (max_attempts >= 1),
  due_at timestamptz(3) not null,
  lease_until timestamptz(3),
  queued_at timestamptz(3),
  started_at timestamptz(3),
  finished_at timestamptz(3),
  error text check (char_length(error) <= 1000),
  created_at timestamptz(3) not null,
  primary key (tenant_id, id),
  unique (tenant_id, seq),
  unique (tenant_id, name, dedupe),
  -- A time without an end is no time to those who read it, and one tenant's must not be in the way of the others'.
  check (isfinite(due_at) and isfinite(created_at) and isfinite(lease_until) is not false and isfinite(started_at) is not false
    and isfinite(finished_at) is not false and isfinite(queued_at) is not false)
);
create index if not exists outbox_due on tenancy.outbox (tenant_id, due_at, seq) where state = 'pending' and lane is null;
create index if not exists outbox_lane on tenancy.outbox (tenant_id, lane, seq) where lane is not null and state in ('pending', 'queued', 'running');
create index if not exists outbox_out on tenancy.outbox (tenant_id, state) where state in ('queued', 'running');
create index if not exists outbox_dead on tenancy.outbox (tenant_id, finished_at) where state = 'dead';
create index if not exists outbox_done on tenancy.outbox (tenant_id, finished_at) where state = 'done';
-- What was asked for, by whom and when, stays as it was written.
select tenancy.protect('tenancy.outbox', 'select, insert, delete,
  update (state, attempt, max_attempts, due_at, lease_until, queued_at, started_at, finished_at, error)');
grant select, update on tenancy.outbox to tenantry_sentinel;

-- Who sees that there is work, of whichever tenant, and may take away a tenant's last rows; its functions are all it is for.
grant select, delete, update (state, lease_until, max_attempts, error) on tenancy.outbox to tenantry_overseer;
drop policy if exists overseer on tenancy.outbox;
create policy overseer on tenancy.outbox for all to tenantry_overseer using (true);

-- The highest number of the tenant plus one, and not a sequence's, which would tell how much the others do.
create or replace function tenancy.number_outbox() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  mine uuid := tenancy.tenant_of('tenancy');
begin
  perform tenancy.take_turn(mine);
  -- Without a time it is due now, by the clock of the database, which is the one it is given out by.
  new.due_at := coalesce(new.due_at, date_trunc('milliseconds', clock_timestamp()));
  new.created_at := date_trunc('milliseconds', clock_timestamp());
  new.seq := 1 + coalesce((select max(o.seq) from tenancy.outbox o where o.tenant_id = mine), 0);
  return new;
end $$;
alter function tenancy.number_outbox() owner to tenantry_sentinel;
revoke all on function tenancy.number_outbox() from public;
create or replace trigger number before insert on tenancy.outbox for each row execute function tenancy.number_outbox();

-- Gives out the work of the tenant whose capability is presented, of the kinds that are known where it is asked for and as far as the
-- tenant may have more under way: what was given out and never begun, once more as it was; what a worker began and lost, as the next attempt
-- (what was lost on its last one is dead); and what is due and first in its lane. Two at once take turns, so that the second counts what the
-- first gave out.
create or replace function tenancy.dispatch(at_most integer, again_after interval, kinds text[])
returns table (id uuid, attempt integer)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  mine uuid := tenancy.tenant_of('tenancy');
begin
  perform pg_advisory_xact_lock(hashtextextended(mine::text, 7414));
  update tenancy.outbox o
  set state = 'dead', finished_at = clock_timestamp(), lease_until = null, error = 'jobs.lost: the worker did not come back'
  where o.tenant_id = mine and o.id in (
    select l.id from tenancy.outbox l
    where l.tenant_id = mine and l.state = 'running' and l.lease_until < clock_timestamp() and l.attempt >= l.max_attempts for update skip locked);
  return query
  with recursive lost as (
    select o.id, o.due_at, o.seq, o.attempt + (o.state = 'running')::integer as attempt
    from tenancy.outbox o
    where o.tenant_id = mine and o.name = any (kinds) and (
      (o.state = 'queued' and o.queued_at < clock_timestamp() - again_after) or (o.state = 'running' and o.lease_until < clock_timestamp()))
    order by o.queued_at limit at_most for update skip locked
  ),
  lane (name) as (
    (select o.lane from tenancy.outbox o
     where o.tenant_id = mine and o.lane is not null and o.state in ('pending', 'queued', 'running') order by o.lane limit 1)
    union all
    select (select o.lane from tenancy.outbox o
      where o.tenant_id = mine and o.lane > lane.name and o.state in ('pending', 'queued', 'running') order by o.lane limit 1)
    from lane where lane.name is not null
  ),
  fresh as (
    select head.id, head.due_at, head.seq from lane cross join lateral (
      select o.* from tenancy.outbox o
      where o.tenant_id = mine and o.lane = lane.name and o.state in ('pending', 'queued', 'running') order by o.seq limit 1) head
    where head.state = 'pending' and head.due_at <= clock_timestamp() and head.name = any (kinds)
    union all
    (select o.id, o.due_at, o.seq from tenancy.outbox o
     where o.tenant_id = mine and o.state = 'pending' and o.lane is null and o.due_at <= clock_timestamp() and o.name = any (kinds)
     order by o.due_at, o.seq limit at_most)
  ),
  under_way as (
    select count(*) from tenancy.outbox o where o.tenant_id = mine and (
      (o.state = 'queued' and o.queued_at >= clock_timestamp() - again_after) or (o.state = 'running' and o.lease_until >= clock_timestamp()))
  ),
  chosen as (
    select either.id, either.attempt from (
      select 0 as rank, lost.id, lost.due_at, lost.seq, lost.attempt from lost
      union all
      select 1, fresh.id, fresh.due_at, fresh.seq, null from fresh
    ) either
    order by either.rank, either.due_at, either.seq limit greatest(0, at_most - (select under_way.count from under_way))
  )
  update tenancy.outbox o
  set state = 'queued', attempt = coalesce(chosen.attempt, o.attempt + 1), queued_at = clock_timestamp(), lease_until = null
  from chosen where o.tenant_id = mine and o.id = chosen.id
  returning o.id, o.attempt;
end $$;
alter function tenancy.dispatch(integer, interval, text[]) owner to tenantry_sentinel;
revoke all on function tenancy.dispatch(integer, interval, text[]) from public;
grant execute on function tenancy.dispatch(integer, interval, text[]) to tenantry_tenant;

-- Whether anybody may work as this tenant: who is suspended or cancelled has no work that anybody could do or is late with.
create or replace function tenancy.is_open(tenant uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (select from tenancy.fence f where f.tenant_id = tenant and f.is_open)
$$;
alter function tenancy.is_open(uuid) owner to tenantry_sentinel;
revoke all on function tenancy.is_open(uuid) from public;
grant execute on function tenancy.is_open(uuid) to tenantry_overseer;

-- Tenants with something to give out now. Walks from tenant to tenant, so a long queue of one costs no more than a short one.
create or replace function tenancy.tenants_with_work(again_after interval) returns setof uuid
language sql security definer set search_path = pg_catalog, pg_temp as $$
  with recursive tenant (id) as (
    (select o.tenant_id from tenancy.outbox o order by o.tenant_id limit 1)
    union all
    select (select o.tenant_id from tenancy.outbox o where o.tenant_id > tenant.id order by o.tenant_id limit 1) from tenant where tenant.id is not null
  )
  select tenant.id from tenant
  where (exists (select from tenancy.outbox o where o.tenant_id = tenant.id and o.state = 'pending' and o.lane is null and o.due_at <= now())
    or exists (select from tenancy.outbox o where o.tenant_id = tenant.id and o.lane is not null and o.state = 'pending' and o.due_at <= now())
    or exists (select from tenancy.outbox o where o.tenant_id = tenant.id and o.state in ('queued', 'running')
      and (o.queued_at < now() - again_after or o.lease_until < now())))
    and tenancy.is_open(tenant.id)
$$;
alter function tenancy.tenants_with_work(interval) owner to tenantry_overseer;
revoke all on function tenancy.tenants_with_work(interval) from public;
grant execute on function tenancy.tenants_with_work(interval) to tenantry_migrator;

-- Jobs that need somebody: dead ones, and those that should have begun before `late_after`; at most twenty of each tenant, so that nobody
-- crowds out the others. Without what they hold, which is the tenant's; `error` may be the tenant's own words.
create or replace function tenancy.jobs_in_trouble(late_after interval, at_most integer)
returns table (tenant_id uuid, id uuid, name text, topic text, state text, attempt integer, error text, due_at timestamptz, created_at timestamptz)
language sql security definer set search_path = pg_catalog, pg_temp as $$
  with recursive tenant (id) as (
    (select o.tenant_id from tenancy.outbox o order by o.tenant_id limit 1)
    union all
    select (select o.tenant_id from tenancy.outbox o where o.tenant_id > tenant.id order by o.tenant_id limit 1) from tenant where tenant.id is not null
  )
  select o.tenant_id, o.id, o.name, o.topic, o.state, o.attempt, o.error, o.due_at, o.created_at
  from tenant cross join lateral (
    select * from tenancy.outbox own
    where own.tenant_id = tenant.id and (own.state = 'dead' or (own.state in ('pending', 'queued', 'running') and own.due_at < now() - late_after))
    order by own.created_at desc, own.id desc limit 20
  ) o
  where tenancy.is_open(tenant.id)
  order by o.created_at desc, o.id desc limit at_most
$$;
alter function tenancy.jobs_in_trouble(interval, integer) owner to tenantry_overseer;
revoke all on function tenancy.jobs_in_trouble(interval, integer) from public;
grant execute on function tenancy.jobs_in_trouble(interval, integer) to tenantry_migrator;

-- What a tenant has running is cut off with the closing of its fence and cannot say so: it waits, is not counted as tried, and is done when
-- the fence is open again. What is being marked as done at this very moment is left to that transaction, which is refused or is not.
create or replace function tenancy.park(tenant uuid) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  with cut as (
    select o.id from tenancy.outbox o where o.tenant_id = park.tenant and o.state = 'running' for update skip locked
  )
  update tenancy.outbox o
  set state = 'pending', lease_until = null, max_attempts = o.max_attempts + 1, error = 'jobs.parked: the tenant was closed'
  from cut where o.tenant_id = park.tenant and o.id = cut.id
$$;
alter function tenancy.park(uuid) owner to tenantry_overseer;
revoke all on function tenancy.park(uuid) from public;
grant execute on function tenancy.park(uuid) to tenantry_migrator;

-- Takes away what is kept of a tenant beside its home.
create or replace function tenancy.forget(tenant uuid) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  delete from tenancy.outbox o where o.tenant_id = forget.tenant
$$;
alter function tenancy.forget(uuid) owner to tenantry_overseer;
revoke all on function tenancy.forget(uuid) from public;
grant execute on function tenancy.forget(uuid) to tenantry_migrator;

-- 5. Audit: what is done in a tenant is a chain of hashes that nobody can go back in. The tables are each home's own (migration 0004).
-- A field of the canonical form: its length in bytes and its UTF-8; a null is the length -1, so that no two lists of fields read alike.
create or replace function tenancy.audit_hash(variadic fields text[]) returns bytea
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select sha256(string_agg(coalesce(int4send(octet_length(convert_to(value, 'UTF8'))) || convert_to(value, 'UTF8'), int4send(-1)), '' order by place))
  from unnest(fields) with ordinality as field (value, place)
$$;
alter function tenancy.audit_hash(text[]) owner to tenantry_owner;
revoke all on function tenancy.audit_hash(text[]) from public;

-- Gives an event its place, its time and its hash, whatever it came with. The order is that of the commits, because the turn is held until
-- then; the head is read after the turn was taken. Deferring this to the commit would need a second table, for an event is never changed.
create or replace function tenancy.seal_audit_event() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  mine uuid := tenancy.tenant_of(tg_table_schema);
  head record;
begin
  perform tenancy.take_turn(mine);
  execute format('select h.seq, h.hash from %I.audit_head h where h.tenant_id = $1', tg_table_schema) into head using mine;
  new.seq := coalesce(head.seq, 0) + 1;
  new.prev_hash := coalesce(head.hash, decode(repeat('00', 32), 'hex'));
  new.occurred_at := clock_timestamp();
  new.hash := tenancy.audit_hash(
    'tenantry.audit.v1', new.tenant_id::text, new.id::text, new.seq::text,
    to_char(new.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), new.action, new.version::text, new.actor::text, new.surface,
    new.request_id, new.trace_id, new.context::text, new.targets::text, new.changes::text, new.details::text, new.outcome, new.reason,
    encode(new.prev_hash, 'hex'));
  execute format('insert into %I.audit_head as h (tenant_id, seq, hash) values ($1, $2, $3)
    on conflict (tenant_id) do update set seq = excluded.seq, hash = excluded.hash', tg_table_schema) using new.tenant_id, new.seq, new.hash;
  execute format('insert into %I.audit_target (tenant_id, target_type, target_id, seq)
    select distinct $1, t ->> ''type'', t ->> ''id'', $2 from jsonb_array_elements($3) t', tg_table_schema) using new.tenant_id, new.seq, new.targets;
  return new;
end $$;
alter function tenancy.seal_audit_event() owner to tenantry_owner;
revoke all on function tenancy.seal_audit_event() from public;

-- What is on record stays as it is, also for the owner of the tables; the head and the targets change with an event and not otherwise.
create or replace function tenancy.keep_audit() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op in ('INSERT', 'UPDATE') and pg_trigger_depth() > 1 then return null; end if;
  raise exception 'permission denied: what is on record is not changed' using errcode = '42501';
end $$;
alter function tenancy.keep_audit() owner to tenantry_owner;
revoke all on function tenancy.keep_audit() from public;

-- 6. Hardening: each line closes an attack between tenants that share a role and a pool.
do $$
begin
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to tenantry_migrator', current_database());
  execute format('grant create on database %I to tenantry_owner', current_database());
  execute format('grant connect on database %I to tenantry_keeper with grant option', current_database());
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
grant execute on function pg_catalog.pg_advisory_xact_lock(bigint) to tenantry_migrator, tenantry_keeper, tenantry_sentinel;
-- A home's turn, also outside a transaction.
grant execute on function pg_catalog.pg_try_advisory_xact_lock(bigint), pg_catalog.pg_try_advisory_lock(bigint), pg_catalog.pg_advisory_unlock(bigint)
  to tenantry_migrator;
-- For ending the sessions of an auditor.
grant execute on function pg_catalog.pg_terminate_backend(integer, bigint), pg_catalog.pg_stat_get_activity(integer) to tenantry_keeper;
grant select on pg_catalog.pg_stat_activity to tenantry_keeper;
