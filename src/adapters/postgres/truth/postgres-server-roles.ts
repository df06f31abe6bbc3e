import { withSession } from '#adapters/postgres/session.js';
import type { RoleExcess, ServerRoles } from '#control/doctor/checks/roles.check.js';
import type { ClusterBook } from '#control/provisioning/cluster-book.js';

/**
 * Roles of ours (roles.sql, and those of databases and auditors) with what none of them has, and memberships that nobody gave: `allowed` is what roles.sql,
 * DatabaseMaker and tenancy.grant_auditor give. Who is a superuser may everything anyway.
 */
const EXCESSES = `
with ours as (
  select oid, rolname, quote_ident(rolname) as name, regexp_replace(rolname, '_[0-9a-f]{20}$', '') as kind, rolsuper, rolbypassrls, rolcreatedb, rolreplication, rolcreaterole, rolcanlogin
  from pg_roles where rolname ~ '^tenantry_(owner|sentinel|keeper|overseer|auditor|tenant|app|migrator|catalog|[ae]_[0-9a-f]{20})$'
),
allowed (granted, member, inherits, sets, admins) as (values
  ('tenantry_tenant', 'tenantry_app', true, false, false), ('tenantry_tenant', 'tenantry_e', true, false, false),
  ('tenantry_owner', 'tenantry_migrator', true, true, false), ('tenantry_auditor', 'tenantry_a', true, false, false),
  ('tenantry_app', 'tenantry_keeper', false, false, true), ('tenantry_auditor', 'tenantry_keeper', false, false, true),
  ('tenantry_e', 'tenantry_keeper', false, false, true), ('tenantry_a', 'tenantry_keeper', false, false, true)
),
attribute (role, has) as (
  select o.name, a.has from ours o cross join lateral (values (rolsuper, 'superuser'), (rolbypassrls, 'bypassrls'), (rolcreatedb, 'createdb'), (rolreplication, 'replication'),
    (rolcreaterole and kind <> 'tenantry_keeper', 'createrole'),
    (rolcanlogin and kind not in ('tenantry_app', 'tenantry_migrator', 'tenantry_catalog', 'tenantry_e', 'tenantry_a'), 'login')) a (is_so, has) where a.is_so
),
membership as (
  select m.roleid::regrole::text as granted, m.member::regrole::text as member, m.grantor::regrole::text as grantor, w.granted is null as is_whole,
    m.inherit_option and not coalesce(w.inherits, false) as inherits, m.set_option and not coalesce(w.sets, false) as sets, m.admin_option and not coalesce(w.admins, false) as admins
  from pg_auth_members m join pg_roles p on p.oid = m.member left join ours g on g.oid = m.roleid left join ours o on o.oid = m.member
  left join allowed w on w.granted = g.kind and w.member = o.kind
  where coalesce(g.oid, o.oid) is not null and not (p.rolsuper and o.oid is null)
)
select role, 'is ' || string_agg(has, ', ') || ', which none of its kind is' as problem, format('alter role %s with %s', role, string_agg('no' || has, ' ')) as sql
from attribute group by role
union all
select member, format('is a member of %s, which nobody gave it', granted), format('revoke %s from %s granted by %s cascade', granted, member, grantor)
from membership where is_whole
union all
select member, format('may %s as a member of %s, which nobody gave it', option, granted), format('revoke %s option for %s from %s granted by %s cascade', option, granted, member, grantor)
from membership cross join lateral (values (inherits, 'inherit'), (sets, 'set'), (admins, 'admin')) o (is_so, option) where o.is_so and not is_whole
order by 1, 2`;

/** Looks at roles as provisioning. */
export class PostgresServerRoles implements ServerRoles {
  constructor(private readonly clusters: Pick<ClusterBook, 'named'>) {}

  async excesses(cluster: string): Promise<readonly RoleExcess[]> {
    const { provisionUrl } = await this.clusters.named(cluster);
    return withSession(provisionUrl, async (session) => (await session.query<RoleExcess>(EXCESSES)).rows);
  }

  async takeAway(cluster: string, { sql }: RoleExcess): Promise<void> {
    const { provisionUrl } = await this.clusters.named(cluster);
    await withSession(provisionUrl, (session) => session.query(sql));
  }
}
