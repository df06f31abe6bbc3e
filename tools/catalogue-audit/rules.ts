/** What may be in every database beside tenants' homes; any table that is neither here nor led by a tenant is a finding. */
export const GLOBAL_TABLES = [
  'tenancy.fence',
  'tenancy.whoami',
  'tenancy.migration',
  'tenancy.foundation',
  'tenancy.role_seal',
  'tenancy.auditor',
];

/** One rule: a query that gives the name of each object that breaks it. */
export interface AuditRule {
  readonly rule: string;
  readonly says: string;
  readonly query: string;
}

/** Names the other rules build on: homes, tables of tenants (in their homes, and the outbox), logins of tenants, and all that a tenant's SQL acts as. */
export const COMMON = `
with recursive home as (
  select oid, nspname, nspowner, nspacl from pg_namespace where nspname !~ '^pg_' and nspname not in ('information_schema', 'tenancy', 'public')
),
relation as (
  select c.*, n.nspname, format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
),
tenant_table as (
  select r.* from relation r left join home on home.oid = r.relnamespace where r.relkind in ('r', 'p') and (home.oid is not null or r.name = 'tenancy.outbox')
    and exists (select from pg_attribute a where a.attrelid = r.oid and a.attname = 'tenant_id' and not a.attisdropped)
),
app (oid) as (
  select oid from pg_roles where rolname = 'tenantry_tenant' union select member from pg_auth_members where roleid = 'tenantry_tenant'::regrole
),
auditor (oid) as (
  select oid from pg_roles where rolname = 'tenantry_auditor'
  union select member from pg_auth_members where roleid = 'tenantry_auditor'::regrole and member <> 'tenantry_keeper'::regrole
),
auditor_login as (select r.* from pg_roles r join auditor using (oid) where r.rolname <> 'tenantry_auditor'),
outsider (oid) as (select oid from app union select oid from auditor),
login as (select r.* from pg_roles r join outsider using (oid) where r.rolcanlogin),
grantee (oid) as (select oid from outsider union all select 0),
tenant_column as (
  select t.oid as relid, a.* from tenant_table t join pg_attribute a on a.attrelid = t.oid and a.attname = 'tenant_id'
)`;

const policyOf = (column: string): string => `pg_get_expr(p.${column}, p.polrelid)`;
const isFence = (column: string, asked = 'tenant_of'): string =>
  `${policyOf(column)} is not distinct from format('(tenant_id = ( SELECT tenancy.${asked}(%L::text) AS ${asked}))', t.nspname)`;
const areRoles = (...names: string[]): string =>
  `array(select unnest(p.polroles) order by 1) = array(select oid from pg_roles where rolname in (${names.map((name) => `'${name}'`).join(', ')}) order by 1)`;
const IS_TENANT_POLICY = `p.polname = 'tenant' and p.polpermissive and p.polcmd = '*' and ${areRoles('tenantry_tenant', 'tenantry_owner', 'tenantry_sentinel')}
  and ${isFence('polqual')} and ${isFence('polwithcheck')}`;
const IS_AUDITOR_POLICY = `p.polname = 'auditor' and t.nspname <> 'tenancy' and p.polpermissive and p.polcmd = 'r' and ${areRoles('tenantry_auditor')}
  and ${isFence('polqual', 'audited')} and p.polwithcheck is null`;

/** What the triggers of the record are: table, name, function, pg_trigger.tgtype (7: before each row's insert; 58 and 62: before the rest) and whether they fire. */
const RECORD_TRIGGERS = `('audit_event', 'seal', 'tenancy.seal_audit_event()', 7, 'O'), ('audit_event', 'keep', 'tenancy.keep_audit()', 58, 'O'),
  ('audit_target', 'keep', 'tenancy.keep_audit()', 62, 'O'), ('audit_head', 'keep', 'tenancy.keep_audit()', 62, 'O')`;
const TRIGGERS = `${RECORD_TRIGGERS}, ('outbox', 'number', 'tenancy.number_outbox()', 7, 'O')`;

/** Tables, their policies and their keys. */
export const TABLE_RULES: readonly AuditRule[] = [
  {
    rule: 'unknown-table',
    says: 'has no tenant_id and is not on the list of global tables',
    query: `select name from relation where relkind in ('r', 'p', 'f') and oid not in (select oid from tenant_table) and name <> all ($1)`,
  },
  {
    rule: 'row-security',
    says: 'does not force row security on its owner too',
    query: `select name from tenant_table where not (relrowsecurity and relforcerowsecurity) and not relispartition`,
  },
  {
    rule: 'partition-row-security',
    says: 'is a partition that can be read past its parent’s policy',
    query: `select name from tenant_table where not (relrowsecurity and relforcerowsecurity) and relispartition`,
  },
  {
    rule: 'no-policy',
    says: 'has no policy for tenants, or none for auditors',
    query: `select name from tenant_table t where not exists (select from pg_policy p where p.polrelid = t.oid and p.polname = 'tenant')
      or t.nspname <> 'tenancy' and not exists (select from pg_policy p where p.polrelid = t.oid and p.polname = 'auditor')`,
  },
  {
    rule: 'other-policy',
    says: 'has a policy that is not the fence’s: permissive policies add up',
    query: `select format('%s policy %I', t.name, p.polname) as name from tenant_table t join pg_policy p on p.polrelid = t.oid
      -- One that somebody drops meanwhile has no text any more.
      where to_regclass(t.name) is not null and not (${IS_TENANT_POLICY}) and not (${IS_AUDITOR_POLICY})
      and not (t.name = 'tenancy.outbox' and p.polname = 'overseer' and p.polroles = array['tenantry_overseer'::regrole::oid])`,
  },
  {
    rule: 'tenant-column',
    says: 'has a tenant_id that may be null, is no uuid, or has a default',
    query: `select t.name from tenant_table t join tenant_column a on a.relid = t.oid where not a.attnotnull or a.atttypid <> 'uuid'::regtype or a.atthasdef`,
  },
  {
    rule: 'foreign-key',
    says: 'is a foreign key without tenant_id on both sides: it is checked past row security',
    query: `select format('%s constraint %I', t.name, k.conname) as name from tenant_table t join pg_constraint k on k.conrelid = t.oid and k.contype = 'f'
      where not exists (select from unnest(k.conkey, k.confkey) as pair (mine, theirs)
        join pg_attribute m on m.attrelid = k.conrelid and m.attnum = pair.mine and m.attname = 'tenant_id'
        join pg_attribute o on o.attrelid = k.confrelid and o.attnum = pair.theirs and o.attname = 'tenant_id')`,
  },
  {
    rule: 'unique-key',
    says: 'is unique over all tenants: it answers whether another has the value',
    query: `select i.indexrelid::regclass::text as name from tenant_table t join pg_index i on i.indrelid = t.oid and (i.indisunique or i.indisexclusion)
      join tenant_column a on a.relid = t.oid where i.indkey[0] is distinct from a.attnum`,
  },
  {
    rule: 'leaky-index',
    says: 'has a column whose operator is not leakproof, so that the policy keeps it from being used',
    query: `select i.indexrelid::regclass::text as name from tenant_table t join pg_index i on i.indrelid = t.oid
      cross join unnest(i.indclass) as class (oid) join pg_opclass o on o.oid = class.oid
      where not exists (select from pg_amop m join pg_operator op on op.oid = m.amopopr join pg_proc f on f.oid = op.oprcode
        where m.amopfamily = o.opcfamily and m.amoplefttype = o.opcintype and m.amoprighttype = o.opcintype and op.oprname = '=' and f.proleakproof)`,
  },
  {
    rule: 'view',
    says: 'reads with the rights of its owner',
    query: `select name from relation where relkind = 'v' and not coalesce('security_invoker=true' = any (reloptions) or 'security_invoker=on' = any (reloptions), false)`,
  },
  { rule: 'materialized-view', says: 'keeps rows past row security', query: `select name from relation where relkind = 'm'` },
  { rule: 'sequence', says: 'tells a tenant how much the others do', query: `select name from relation where relkind = 'S'` },
  {
    rule: 'trigger',
    says: 'has a trigger that is not the fence’s own or a rule, which runs in everybody’s statements',
    query: `select format('%s %I', t.name, g.tgname) as name from tenant_table t join pg_trigger g on g.tgrelid = t.oid
      where not g.tgisinternal
        and (t.relname, g.tgname, g.tgfoid::regprocedure::text, g.tgtype, g.tgenabled) not in (${TRIGGERS})
      union all select format('%s %I', t.name, r.rulename) from tenant_table t join pg_rewrite r on r.ev_class = t.oid`,
  },
  {
    rule: 'append-only',
    says: 'is a table of the record that can be changed, or that nothing seals',
    query: `select t.name from tenant_table t join (values ${RECORD_TRIGGERS}) as wanted (relname, tgname, called, tgtype, tgenabled) using (relname)
        where not exists (select from pg_trigger g where g.tgrelid = t.oid
          and (g.tgname, g.tgfoid::regprocedure::text, g.tgtype, g.tgenabled) = (wanted.tgname, wanted.called, wanted.tgtype, wanted.tgenabled))
      union select t.name from tenant_table t, aclexplode(t.relacl) a where a.grantee in (select oid from grantee)
        and (t.relname in ('audit_target', 'audit_head') and a.privilege_type <> 'SELECT' or t.relname = 'audit_event' and a.privilege_type not in ('SELECT', 'INSERT'))`,
  },
  {
    rule: 'owner',
    says: 'does not belong to tenantry_owner',
    query: `select name from tenant_table where relowner <> 'tenantry_owner'::regrole union all select nspname::text from home where nspowner <> 'tenantry_owner'::regrole`,
  },
];

/** Roles, grants and what every session may do. */
export const ACCESS_RULES: readonly AuditRule[] = [
  {
    rule: 'table-grant',
    says: 'is granted more than its rows, or to everybody',
    query: `select distinct t.name from tenant_table t, aclexplode(t.relacl) a
      where (a.grantee in (select oid from grantee) and a.privilege_type not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')) or a.grantee = 0 or (a.is_grantable and a.grantee <> t.relowner)`,
  },
  {
    rule: 'auditor-grant',
    says: 'is open to auditors for more than reading, opens something, or is not the tenant’s',
    query: `select r.name from relation r, aclexplode(r.relacl) a where a.grantee in (select oid from auditor)
        and (a.privilege_type <> 'SELECT' or r.oid not in (select oid from tenant_table) or r.name = 'tenancy.outbox')
      union select format('%s.%I', r.name, c.attname) from relation r join pg_attribute c on c.attrelid = r.oid and c.attnum > 0 and not c.attisdropped
        where r.relkind in ('r', 'p') and has_column_privilege('tenantry_auditor', r.oid, c.attnum, 'SELECT')
        and c.attname ~ '(password|secret|token|hash|credential|cipher|sealed)' and c.attname not in ('password_changed_at')
        and not (r.relname in ('audit_event', 'audit_head') and c.attname in ('hash', 'prev_hash'))
      union select n.nspname::text from pg_namespace n, auditor a where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and n.oid not in (select oid from home) and has_schema_privilege(a.oid, n.oid, 'USAGE')
      union select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and has_function_privilege('tenantry_auditor', p.oid, 'EXECUTE')
        and p.oid::regprocedure::text <> 'tenancy.audited(text)'`,
  },
  {
    rule: 'auditor-login',
    says: 'is an auditor’s login without an end, with too many sessions, or not listed here',
    query: `select l.rolname::text as name from auditor_login l where has_database_privilege(l.oid, current_database(), 'CONNECT')
      and (l.rolvaliduntil is null or not isfinite(l.rolvaliduntil) or l.rolconnlimit <> 5 or l.rolinherit
        or not exists (select from tenancy.auditor a where a.role_name = l.rolname and a.expires_at = l.rolvaliduntil))`,
  },
  {
    rule: 'fence-grant',
    says: 'is open to a tenant’s SQL',
    query: `select distinct r.name from relation r, aclexplode(r.relacl) a where r.nspname = 'tenancy' and a.grantee in (select oid from grantee)
      and not (r.relname = 'whoami' and a.privilege_type = 'SELECT' and a.grantee <> 0) and r.oid not in (select oid from tenant_table)`,
  },
  {
    rule: 'overseer',
    says: 'is used by somebody who should only run its functions, or sees more than the outbox',
    query: `select format('%s is a member', member::regrole) as name from pg_auth_members where roleid = 'tenantry_overseer'::regrole
      union all select distinct r.name from relation r, aclexplode(r.relacl) a where a.grantee = 'tenantry_overseer'::regrole
        and not (r.name = 'tenancy.outbox' and a.privilege_type in ('SELECT', 'DELETE'))
      union all select p.oid::regprocedure::text from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
        where p.proowner = 'tenantry_overseer'::regrole and a.grantee not in ('tenantry_overseer'::regrole, 'tenantry_migrator'::regrole)`,
  },
  {
    rule: 'login-attribute',
    says: 'has a right over the whole server',
    query: `select rolname::text as name from login where rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication or rolinherit`,
  },
  {
    rule: 'login-member',
    says: 'is a member of another role, or may become one',
    query: `select format('%s in %s', m.member::regrole, m.roleid::regrole) as name from pg_auth_members m where m.member in (select oid from outsider)
      and (m.roleid <> case when m.member in (select oid from app) then 'tenantry_tenant'::regrole else 'tenantry_auditor'::regrole end or m.set_option or m.admin_option)`,
  },
  {
    rule: 'inner-role',
    says: 'can be logged in to, or has a right over the whole server',
    query: `select rolname::text as name from pg_roles where rolname in ('tenantry_owner', 'tenantry_sentinel', 'tenantry_keeper', 'tenantry_overseer', 'tenantry_tenant', 'tenantry_auditor')
      and (rolcanlogin or rolsuper or rolbypassrls or rolreplication or rolcreatedb or (rolcreaterole and rolname <> 'tenantry_keeper'))`,
  },
  {
    rule: 'owns',
    says: 'belongs to a login of tenants',
    query: `select format('%s of %s', d.objid, d.refobjid::regrole) as name from pg_shdepend d where d.deptype = 'o' and d.classid <> 'pg_default_acl'::regclass and d.refclassid = 'pg_authid'::regclass and d.refobjid in (select oid from outsider)`,
  },
  {
    rule: 'database-grant',
    says: 'lets a tenant’s SQL make schemas or temporary tables',
    query: `select distinct d.datname::text as name from pg_database d, outsider r where d.datname = current_database()
      and (has_database_privilege(r.oid, d.oid, 'TEMPORARY') or has_database_privilege(r.oid, d.oid, 'CREATE'))`,
  },
  {
    rule: 'public-connect',
    says: 'may be connected to, written to or filled by everybody',
    query: `select distinct d.datname::text as name from pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a where a.grantee = 0 and d.datallowconn`,
  },
  {
    rule: 'login-connects',
    says: 'may connect to more than its one database',
    query: `select l.rolname::text as name from login l, pg_database d where has_database_privilege(l.oid, d.oid, 'CONNECT') and d.datallowconn group by 1 having count(*) > 1`,
  },
  {
    rule: 'schema-create',
    says: 'lets a tenant’s SQL create in it',
    query: `select distinct n.nspname::text as name from pg_namespace n, outsider r where n.nspname !~ '^pg_(temp|toast)' and has_schema_privilege(r.oid, n.oid, 'CREATE')
      union select nspname from pg_namespace, aclexplode(nspacl) a where nspname = 'public' and a.grantee = 0`,
  },
  {
    // A role may always say this of what it makes itself, and a login of tenants makes nothing.
    rule: 'default-grant',
    says: 'gives rights on what is made later',
    query: `select distinct format('for %s in %s', d.defaclrole::regrole, coalesce(nullif(d.defaclnamespace, 0)::regnamespace::text, 'any schema')) as name
      from pg_default_acl d, aclexplode(d.defaclacl) a
      where a.grantee in (select oid from grantee) and d.defaclrole not in (select oid from outsider)`,
  },
  {
    rule: 'persisted-setting',
    says: 'has settings kept with the role',
    query: `select s.setrole::regrole::text as name from pg_db_role_setting s where s.setrole in (select oid from app)`,
  },
  {
    rule: 'definer-path',
    says: 'runs with its owner’s rights along the caller’s path',
    query: `select p.oid::regprocedure::text as name from pg_proc p where p.prosecdef and not coalesce(exists (select from unnest(p.proconfig) c where c ~ '^search_path=pg_catalog, pg_temp$'), false)`,
  },
  {
    rule: 'definer-public',
    says: 'runs with its owner’s rights for everybody',
    query: `select p.oid::regprocedure::text as name from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where p.prosecdef and a.grantee = 0`,
  },
  {
    rule: 'own-function',
    says: 'is a function of ours that a tenant’s SQL may run and should not',
    query: `select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace, app r
      where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and r.oid = 'tenantry_tenant'::regrole and has_function_privilege(r.oid, p.oid, 'EXECUTE')
      and p.oid::regprocedure::text not in ('tenancy.tenant_of(text)', 'tenancy.restore_role()', 'tenancy.dispatch(integer,interval,text[])')`,
  },
  {
    rule: 'language',
    says: 'may be written by a tenant: a block can outlive the watchdog',
    query: `select l.lanname::text as name from pg_language l, outsider r where l.lanname not in ('sql', 'internal', 'c') and has_language_privilege(r.oid, l.oid, 'USAGE') group by 1`,
  },
  {
    rule: 'dangerous-function',
    says: 'reaches other sessions, the server, or runs SQL given as text',
    query: `select p.oid::regprocedure::text as name from pg_proc p, outsider r where p.pronamespace = 'pg_catalog'::regnamespace and r.oid in ('tenantry_tenant'::regrole, 'tenantry_auditor'::regrole)
      and has_function_privilege(r.oid, p.oid, 'EXECUTE') and (p.proname ~ '^(pg_advisory|pg_try_advisory|lo_|loread$|lowrite$|pg_stat_get_(activity|backend)|(query|table|cursor|schema|database)_to_xml)'
      or p.proname in ('pg_terminate_backend', 'pg_cancel_backend', 'pg_notify', 'pg_lock_status', 'pg_prepared_xact', 'pg_prepared_statement', 'pg_cursor', 'ts_stat', 'setseed',
        'pg_export_snapshot', 'pg_logical_emit_message', 'pg_log_backend_memory_contexts', 'pg_read_file', 'pg_read_binary_file', 'pg_ls_dir', 'pg_stat_file', 'pg_reload_conf')
      or (p.proname = 'ts_rewrite' and p.pronargs = 2))`,
  },
  {
    rule: 'extension',
    says: 'is an extension nobody has judged',
    query: `select extname::text as name from pg_extension where extname <> 'plpgsql' union all select srvname::text from pg_foreign_server`,
  },
];
