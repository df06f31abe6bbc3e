import type pg from 'pg';

const HOME = '<home>';

/**
 * Everything of one schema that a migration could have made, as text that is the same wherever the same line of migrations was run: the
 * schema's own name is left out, and nothing depends on the order of making.
 */
export async function dumpSchema(session: Pick<pg.Client, 'query'>, schema: string): Promise<string> {
  // Names are printed with their schema only when it is not in the path.
  await session.query(`set search_path to ''`);
  try {
    const { rows } = await session.query<{ line: string }>(LINES, [schema]);
    const name = new RegExp(`(?<!\\w)${schema}(?!\\w)`, 'g');
    return `${rows.map(({ line }) => line.replace(name, HOME)).join('\n')}\n`;
  } finally {
    await session.query('reset search_path');
  }
}

const LINES = `
with home as (select oid, nspname, nspacl, nspowner from pg_namespace where nspname = $1),
relation as (
  select c.*, case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view' when 'm' then 'materialized view'
    when 'S' then 'sequence' when 'f' then 'foreign table' end as kind
  from pg_class c join home on home.oid = c.relnamespace where c.relkind not in ('i', 'I', 't', 'c')
),
grants (owner, acl, oid, kind) as (
  select nspowner, nspacl, oid, 'n' from home union all select relowner, relacl, oid, 'r' from relation
),
granted as (
  select oid, format('grant %s to %s', string_agg(lower(a.privilege_type) || case when a.is_grantable then ' with grant option' else '' end, ', ' order by a.privilege_type),
    coalesce(nullif(a.grantee, 0)::regrole::text, 'everybody')) as line
  from grants, aclexplode(acl) a where a.grantee <> owner group by oid, a.grantee
),
part (name, rank, position, line) as (
  select '', 0, 0, format('schema %s (owner %s)', nspname, nspowner::regrole) from home
  union all select '', 1, 0, '  ' || g.line from home join granted g using (oid)
  union all select relname, 0, 0, format(E'\\n%s %s (owner %s%s%s%s)', kind, relname, relowner::regrole,
    case when relrowsecurity then ', row security' else '' end, case when relforcerowsecurity then ' forced' else '' end,
    case when reloptions is null then '' else ', ' || array_to_string(reloptions, ', ') end) from relation
  union all select c.relname, 1, a.attnum, format('  column %s %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
    case when a.attnotnull then ' not null' else '' end, coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), ''))
    from relation c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  union all select c.relname, 2, 0, format('  constraint %s %s', k.conname, pg_get_constraintdef(k.oid)) from relation c join pg_constraint k on k.conrelid = c.oid where k.contype <> 'n'
  union all select c.relname, 3, 0, format('  %s', pg_get_indexdef(i.indexrelid)) from relation c join pg_index i on i.indrelid = c.oid
  union all select c.relname, 4, 0, format('  policy %s %s for %s to %s using (%s) with check (%s)', p.polname, case when p.polpermissive then 'permissive' else 'restrictive' end,
    p.polcmd, (select string_agg(coalesce(nullif(r, 0)::regrole::text, 'everybody'), ', ') from unnest(p.polroles) r), pg_get_expr(p.polqual, c.oid), pg_get_expr(p.polwithcheck, c.oid))
    from relation c join pg_policy p on p.polrelid = c.oid
  union all select c.relname, 5, 0, format('  trigger %s', pg_get_triggerdef(t.oid)) from relation c join pg_trigger t on t.tgrelid = c.oid where not t.tgisinternal
  union all select c.relname, 6, 0, format('  as %s', pg_get_viewdef(c.oid)) from relation c where relkind in ('v', 'm')
  union all select c.relname, 7, 0, '  ' || g.line from relation c join granted g using (oid)
  union all select c.relname, 7, 1, format('  grant select (%s) to %s', string_agg(a.attname, ', ' order by a.attname), g.grantee::regrole)
    from relation c join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) g where g.privilege_type = 'SELECT' group by c.relname, g.grantee
  union all select p.proname, 8, 0, E'\\n' || pg_get_functiondef(p.oid) from pg_proc p join home on home.oid = p.pronamespace
  union all select t.typname, 9, 0, format(E'\\ntype %s (%s)', t.typname, (select string_agg(e.enumlabel, ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid))
    from pg_type t join home on home.oid = t.typnamespace where t.typtype in ('e', 'd', 'r')
)
select line from part order by name collate "C", rank, position, line collate "C"`;
