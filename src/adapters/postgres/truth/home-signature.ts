/**
 * Which of the homes named by $1 are alike: `home`, and a `signature` that stands in one database for the same facts (HOME_FACTS). It is taken of
 * the catalogue as it is kept and not of text, which takes a hundred times as long to make: thousands of homes take seconds. Homes of the same
 * facts may have several signatures, as when a column was dropped. Whatever HOME_FACTS comes to tell must be here too.
 */
export const HOME_SIGNATURES = `
with given as materialized (
  select oid, nspname as name, nspowner, nspacl,
    -- A policy names its home, as bytes.
    (select string_agg(get_byte(convert_to(nspname, 'UTF8'), n)::text, ' ' order by n) from generate_series(0, octet_length(nspname) - 1) n) || ' ]' as bytes
  from pg_namespace where nspname = any ($1::text[])
),
-- By its schema pg_depend alone has an index; pg_class, pg_proc and pg_type would be read whole for a few homes.
member as materialized (
  select g.oid as home, g.bytes, d.classid, d.objid from given g join pg_depend d on d.refclassid = 'pg_namespace'::regclass and d.refobjid = g.oid
),
owned as materialized (
  select m.home, m.bytes, c.oid, c.relname, c.relkind, c.relowner, c.relacl, c.relrowsecurity, c.relforcerowsecurity, c.relreplident, c.relpersistence, c.reloptions
  from member m join pg_class c on c.oid = m.objid where m.classid = 'pg_class'::regclass and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f', 'c')
),
part (home, fact) as (
  select oid, hash_record_extended(row(nspowner, nspacl), 0) from given
  union all
  select r.home, hash_record_extended(row(relname, relkind, relowner, relacl, relrowsecurity, relforcerowsecurity, relreplident, relpersistence, reloptions,
    case when relkind in ('v', 'm') then pg_get_viewdef(r.oid) when relkind = 'p' then pg_get_partkeydef(r.oid) end), 0) from owned r
  union all
  select r.home, hash_record_extended(row(r.relname, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attcollation, a.attnotnull, a.attidentity, a.attgenerated, a.attacl,
    case when a.atthasdef then (select d.adbin::text from pg_attrdef d where d.adrelid = a.attrelid and d.adnum = a.attnum) end), 0)
  from owned r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
  union all
  select r.home, hash_record_extended(row(r.relname, k.conname, k.contype, k.condeferrable, k.condeferred, k.connoinherit, k.conkey, k.conbin::text, k.conexclop, k.confkey, k.confupdtype, k.confdeltype,
    k.confmatchtype, k.confdelsetcols, case when k.confrelid <> 0 then (select row(f.relname, nullif(f.relnamespace, r.home))::text from pg_class f where f.oid = k.confrelid) end,
    case when not k.convalidated then pg_get_constraintdef(k.oid) end), 0)
  from owned r join pg_constraint k on k.conrelid = r.oid and k.contype <> 'n'
  union all
  select r.home, hash_record_extended(row(r.relname, c.relname, c.relam, c.reloptions, c.reltablespace, i.indnkeyatts, i.indisunique, i.indnullsnotdistinct, i.indisprimary, i.indisexclusion,
    i.indimmediate, i.indisvalid, i.indisready, i.indisreplident, i.indkey::text, i.indcollation::text, i.indclass, i.indoption::text, i.indexprs::text, i.indpred::text), 0)
  from owned r join pg_index i on i.indrelid = r.oid join pg_class c on c.oid = i.indexrelid
  union all
  select r.home, hash_record_extended(row(r.relname, p.polname, p.polcmd, p.polpermissive, p.polroles, replace(p.polqual::text, r.bytes, '<home> ]'), replace(p.polwithcheck::text, r.bytes, '<home> ]')), 0)
  from owned r join pg_policy p on p.polrelid = r.oid
  union all
  select r.home, hash_record_extended(row(r.relname, g.tgname, g.tgfoid, g.tgtype, g.tgenabled, g.tgattr::text, g.tgargs, g.tgqual::text, g.tgoldtable, g.tgnewtable, g.tgdeferrable, g.tginitdeferred), 0)
  from owned r join pg_trigger g on g.tgrelid = r.oid and (not g.tgisinternal or g.tgenabled <> 'O')
  union all
  select r.home, hash_record_extended(row(r.relname, u.rulename, pg_get_ruledef(u.oid)), 0) from owned r join pg_rewrite u on u.ev_class = r.oid and u.rulename <> '_RETURN'
  union all
  select m.home, hash_record_extended(row(p.proowner, p.proacl, pg_get_functiondef(p.oid)), 0) from member m join pg_proc p on p.oid = m.objid and p.prokind <> 'a' where m.classid = 'pg_proc'::regclass
  union all
  select m.home, hash_record_extended(row(t.typname, t.typtype, t.typbasetype, t.typtypmod, t.typnotnull,
    (select array_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid)), 0)
  from member m join pg_type t on t.oid = m.objid and t.typtype in ('e', 'd', 'r') where m.classid = 'pg_type'::regclass
),
signature (home, signature) as (
  select home, row(count(*), sum(fact))::text from part group by home
)
select given.name as home, signature.signature from given join signature on signature.home = given.oid`;
