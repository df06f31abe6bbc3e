/**
 * Of what PostgreSQL itself has, what not everybody may use in this database, and which of the platform's roles may: tenancy.sql takes from everybody what tenants
 * could do to each other with. The path must be empty.
 */
export const SYSTEM_FACTS = `
with thing (what, acl, owner) as (
  select 'function ' || oid::regprocedure, proacl, proowner from pg_proc where pronamespace = 'pg_catalog'::regnamespace and proacl is not null
  union all
  select 'view ' || oid::regclass, coalesce(relacl, acldefault('r', relowner)), relowner from pg_class
  where relnamespace = 'pg_catalog'::regnamespace and relkind = 'v'
  union all
  select 'language ' || lanname, coalesce(lanacl, acldefault('l', lanowner)), lanowner from pg_language
  union all
  select 'schema public', coalesce(nspacl, acldefault('n', nspowner)), nspowner from pg_namespace where nspname = 'public'
  union all
  select 'database', coalesce(datacl, acldefault('d', datdba)), datdba from pg_database where datname = current_database()
)
select 'system ' || what as what, 'closed to everybody' || coalesce(
  (select string_agg(format(', %s for %s', a.privilege_type, a.grantee::regrole), '' order by a.grantee::regrole::text collate "C", a.privilege_type)
   -- Who may connect is each database's own: the logins of its tenant and of auditors.
   from aclexplode(acl) a where a.grantee <> owner and a.grantee::regrole::text like 'tenantry\\_%' and what <> 'database'), '') as "is"
from thing where not exists (select from aclexplode(acl) a where a.grantee = 0) order by 1`;
