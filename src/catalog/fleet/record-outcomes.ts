import { type Home, type HomeVersion, notingOf } from '#catalog/fleet/home-ledger.js';
import { CANARIES, NEXT_EVENT, tellingOf } from '#catalog/fleet/run-rows.js';

/** Why a target is passed over whose tenant was erased while the run went on: nothing of it is behind. */
export const GONE = 'it is gone: its tenant was erased';

/**
 * What became of a target that was to be migrated, or held against the reference. `again` is tried anew after so many milliseconds. `seen` is what
 * the home has had now, where that is known.
 */
export type TargetOutcome = { readonly target: string; readonly seen?: Home & HomeVersion } & (
  | { readonly state: 'migrated' | 'checked' }
  | { readonly state: 'failed'; readonly error: string }
  | { readonly state: 'again'; readonly error: string; readonly inMs: number }
);

/** Whether somebody lives in a target's home who is not being taken away; in a shared one always. */
const IS_LIVED_IN = `(t.tier = 'row' or exists (
  select from placement p left join tenant_retention r on r.tenant_id = p.tenant_id
  where (p.cluster, p.database, p.schema) = (t.cluster, t.database, t.home) and coalesce(r.state, 'kept') = 'kept'))`;

/** Of a run that is updated as `r` with the failures that `c` counted. A canary that fails is enough: the first wave is there to be the only one that is hurt. */
const IS_SPENT = `case when r.wave = ${String(CANARIES)} and (r.wish->>'canary')::integer > 0 then true
  else r.failed + c.failed > coalesce((r.wish #>> '{maxFailures,count}')::numeric, (r.wish #>> '{maxFailures,percent}')::numeric / 100 * r.total) end`;

/** How many failures one event tells. */
const TOLD = 50;

/**
 * Everything that `record` keeps, in one statement, because every lane of a run waits for the run's row: that first, and the targets after it, as
 * for everybody who takes both.
 */
export const RECORD = `
  with run as materialized (select id from migration_run where id = ? for update),
  was as materialized (
    select t.target, t.state as before, left(o.error, 500) as error, o."inMs", o.seen, o.state = 'again' as "isTriedAgain",
      case when o.state in ('failed', 'again') and not ${IS_LIVED_IN} then 'skipped' else o.state end as becomes
    from run cross join jsonb_to_recordset(?::jsonb) as o (target text, state text, error text, "inMs" float8, seen jsonb)
    -- One by one by the key: the server would take them for one, and look at all of a run.
    cross join lateral (
      select * from migration_target mine where run_id = run.id and target = o.target and holder = ? and state in ('running', 'migrated') for update) t
  ),
  changed as (
    update migration_target t set holder = null, is_checked = was.becomes = 'checked',
      error = case was.becomes when 'skipped' then '${GONE}' else was.error end,
      state = case when was.becomes = 'checked' or was.becomes = 'again' and was.before = 'migrated' then 'migrated'
        when was.becomes = 'again' then 'pending' else was.becomes end,
      tries = t.tries + (was.becomes = 'again' and was.before = 'migrated')::integer,
      due_at = clock_timestamp() + make_interval(secs => coalesce(was."inMs", 0) / 1000),
      finished_at = case when was.becomes <> 'again' then clock_timestamp() end
    from was where t.run_id = ? and t.target = was.target
    returning t.target, was.before, was.becomes, was.error, was.seen, was."isTriedAgain"
  ),
  noted as (${notingOf(`(
    select h.* from changed cross join lateral jsonb_to_record(changed.seen) as h (cluster text, database text, home text, version text, needs text)
    where changed.seen is not null) as mine`)}),
  counted as (
    select count(*) as kept, count(*) filter (where becomes = 'migrated') - count(*) filter (where becomes in ('failed', 'skipped') and before = 'migrated') as migrated,
      count(*) filter (where becomes = 'failed') as failed, count(*) filter (where becomes = 'skipped') as skipped,
      coalesce(jsonb_path_query_array(
        jsonb_agg(jsonb_build_object('target', target, 'error', error, 'isTriedAgain', "isTriedAgain")) filter (where becomes in ('failed', 'again')),
        '$[0 to ${String(TOLD - 1)}]'), '[]') as failures
    from changed
  ),
  kept as (
    update migration_run r set migrated = r.migrated + c.migrated, failed = r.failed + c.failed, skipped = r.skipped + c.skipped,
      state = case when r.state = 'running' and c.failed > 0 and ${IS_SPENT} then 'stopped' else r.state end, events = ${NEXT_EVENT}
    from counted c where r.id = ? and c.kept > 0 returning r.*, c.failures
  ),
  told as (${tellingOf('kept')})
  select state from kept`;
