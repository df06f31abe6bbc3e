-- Roles of one PostgreSQL server, made by provisioning (a superuser) on database "postgres". Idempotent. An older build sends its own text
-- at every start, also after a newer one: what is here may be added to, and never be taken back by the text of before.
-- Passwords are not here: they are set as SCRAM verifiers, so no statement ever holds one.
do $$
declare r record;
begin
  for r in select * from (values
    ('tenantry_owner',    'nologin noinherit nocreaterole'),            -- owns schemas and tables of tenants; FORCE RLS binds it too
    ('tenantry_sentinel', 'nologin noinherit nocreaterole'),            -- owns the fence and everything that looks behind it
    ('tenantry_keeper',   'nologin noinherit createrole'), -- may only put the application's login roles back as they were, and make those of auditors
    ('tenantry_overseer', 'nologin noinherit nocreaterole'),            -- sees who has work, by functions alone
    ('tenantry_auditor',  'nologin noinherit nocreaterole'),            -- what those may read who look at one tenant for a time; a group
    ('tenantry_tenant',   'nologin noinherit nocreaterole'),            -- what a tenant's SQL may touch; a group that cannot be SET
    ('tenantry_app',      'login noinherit nocreaterole'),              -- the shared login of the row and schema tiers
    ('tenantry_migrator', 'login inherit nocreaterole'),                -- runs tenant DDL and writes the fence
    ('tenantry_catalog',  'login noinherit nocreaterole')               -- the platform's own records
  ) as wanted(name, options)
  loop
    if not exists (select from pg_roles where rolname = r.name) then
      execute format('create role %I', r.name);
    end if;
    execute format('alter role %I with nosuperuser nocreatedb nobypassrls noreplication %s', r.name, r.options);
  end loop;
end $$;

grant tenantry_tenant to tenantry_app with inherit true, set false, admin false;
grant tenantry_owner to tenantry_migrator with inherit true, set true, admin false;
-- PostgreSQL 16: CREATEROLE alone changes no other role; ADMIN on it does.
grant tenantry_app to tenantry_keeper with admin true, inherit false, set false;
grant tenantry_auditor to tenantry_keeper with admin true, inherit false, set false;

-- By default any login may connect to every database and read its catalogue. A server that a customer brought holds databases of the
-- customer's, which are left as they are.
-- Somebody may be closing a new one at the same moment: then one of the two is refused (XX000), and looks again.
do $$
declare d record;
begin
  for d in select oid, datname from pg_database where datallowconn and coalesce(current_setting('tenantry.own_server', true), '') <> 'on' loop
    for tries in reverse 20 .. 1 loop
      begin
        exit when not coalesce(has_database_privilege('public', d.oid, 'connect, create, temporary'), false);
        execute format('revoke all on database %I from public', d.datname);
        exit;
      exception
        when invalid_catalog_name then exit; -- dropped meanwhile
        when internal_error then
          if tries = 1 then raise; end if;
          perform pg_sleep(0.05);
      end;
    end loop;
  end loop;
end $$;
