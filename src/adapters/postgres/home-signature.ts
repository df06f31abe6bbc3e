/**
 * Which of the homes named by $1 are alike: `home`, and a `signature` that stands in one database for the same facts (HOME_FACTS). It is taken of
 * the catalogue as it is kept and not of text, which takes a hundred times as long to make: thousands of homes take seconds. Homes of the same
 * facts may have several signatures, as when a column was dropped. Whatever HOME_FACTS comes to tell must be here too.
 */
export const HOME_SIGNATURES = `
with given as materialized (
  select oid, nspname as name, nspowner, nspacl from pg_namespace where nspname = any ($1::text[])
),
owned as materialized (
  select g.oid as home, c.oid, c.relname, c.relkind, c.relowner, c.relacl, c.relrowsecurity, c.relforcerowsecurity, c.relreplident, c.relpersistence, c.reloptions
  from given g join pg_class c on c.relnamespace = g.oid where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f', 'c')
),
-- A policy names its home, as bytes.
named as materialized (
  select oid as home, (select string_agg(get_byte(convert_to(name, 'UTF8'), n)::text, ' ' order by n) from generate_series(0, octet_length(name) - 1) n) || ' ]' as bytes
  from given
),
part (home, facts) as (
  select oid, row(nspowner, nspacl) from given
  union all
  select r.home, row(relname, relkind, relowner, relacl, relrowsecurity, relforcerowsecurity, relreplident, relpersistence, reloptions,
    case when relkind in ('v', 'm') then pg_get_viewdef(r.oid) when relkind = 'p' then pg_get_partkeydef(r.oid) end) from owned r
  union all
  select r.home, row(r.relname, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attcollation, a.attnotnull, a.attidentity, a.attgenerated, a.attacl, d.adbin::text)
  from owned r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  union all
  select r.home, row(r.relname, k.conname, k.contype, k.condeferrable, k.condeferred, k.connoinherit, k.conkey, k.conbin::text, k.conexclop, k.confkey, k.confupdtype, k.confdeltype,
    k.confmatchtype, k.confdelsetcols, f.relname, case when f.relnamespace <> r.home then f.relnamespace end,
    case when not k.convalidated then pg_get_constraintdef(k.oid) end)
  from owned r join pg_constraint k on k.conrelid = r.oid and k.contype <> 'n' left join pg_class f on f.oid = k.confrelid
  union all
  select r.home, row(r.relname, c.relname, c.relam, c.reloptions, c.reltablespace, i.indnkeyatts, i.indisunique, i.indnullsnotdistinct, i.indisprimary, i.indisexclusion,
    i.indimmediate, i.indisvalid, i.indisready, i.indisreplident, i.indkey::text, i.indcollation::text, i.indclass, i.indoption::text, i.indexprs::text, i.indpred::text)
  from owned r join pg_index i on i.indrelid = r.oid join pg_class c on c.oid = i.indexrelid
  union all
  select r.home, row(r.relname, p.polname, p.polcmd, p.polpermissive, p.polroles, replace(p.polqual::text, n.bytes, '<home> ]'), replace(p.polwithcheck::text, n.bytes, '<home> ]'))
  from owned r join pg_policy p on p.polrelid = r.oid join named n on n.home = r.home
  union all
  select r.home, row(r.relname, g.tgname, g.tgfoid, g.tgtype, g.tgenabled, g.tgattr::text, g.tgargs, g.tgqual::text, g.tgoldtable, g.tgnewtable, g.tgdeferrable, g.tginitdeferred)
  from owned r join pg_trigger g on g.tgrelid = r.oid and not g.tgisinternal
  union all
  select r.home, row(r.relname, u.rulename, pg_get_ruledef(u.oid)) from owned r join pg_rewrite u on u.ev_class = r.oid and u.rulename <> '_RETURN'
  union all
  select g.oid, row(p.proowner, p.proacl, pg_get_functiondef(p.oid)) from given g join pg_proc p on p.pronamespace = g.oid and p.prokind <> 'a'
  union all
  select g.oid, row(t.typname, t.typtype, t.typbasetype, t.typtypmod, t.typnotnull,
    (select array_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid))
  from given g join pg_type t on t.typnamespace = g.oid and t.typtype in ('e', 'd', 'r')
)
select given.name as home, row(count(*), sum(hash_record_extended(facts, 0)))::text as signature from part join given on given.oid = part.home group by given.name`;
