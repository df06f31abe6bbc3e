import type { MikroORM } from '@mikro-orm/postgresql';
import { type Home, type HomeVersion, notingOf } from '#catalog/fleet/home-ledger.js';
import type { RunReport } from '#catalog/fleet/migration-run.js';
import { RunNotFoundError } from '#catalog/fleet/fleet.errors.js';
import { addTargets, noteRun, oneRun, type RunOrder, type RunTransaction } from '#catalog/fleet/migration-runs.js';
import { NEXT_EVENT, runOf, type RunRow, tellingOf } from '#catalog/fleet/run-rows.js';

/** Why a target is passed over whose tenant was erased while the run went on: nothing of it is behind. */
export const GONE = 'it is gone: its tenant was erased';

/** A target whose turn has come. */
export interface ClaimedTarget extends Home {
  readonly target: string;
  /** How often it was tried before. */
  readonly tries: number;
}

/**
 * What became of a target that was to be migrated, or held against the reference. `again` is tried anew after so many milliseconds. `seen` is what
 * the home has had now, where that is known.
 */
export type TargetOutcome = { readonly target: string; readonly seen?: Home & HomeVersion } & (
  | { readonly state: 'migrated' | 'checked' }
  | { readonly state: 'failed'; readonly error: string }
  | { readonly state: 'again'; readonly error: string; readonly inMs: number }
);

/** How a run stands for who works on it. `waiting`: the wave is not over yet, elsewhere or for a target that is tried again later. */
export type Standing = 'claim' | 'waiting' | 'over';

/** Who works on which server of which run, under a name that nobody else has: the try of a work, as `id:attempt`. */
export interface RunLane {
  readonly run: string;
  readonly cluster: string;
  readonly holder: string;
}

/** Whether a holder's try is the work's present one and gives signs of life. */
const isAlive = (holder: string): string =>
  `exists (select from work w where w.id = split_part(${holder}, ':', 1)::uuid and w.attempt = split_part(${holder}, ':', 2)::integer
    and w.state = 'running' and w.lease_until > clock_timestamp())`;

/** Whether somebody lives in a target's home who is not being taken away; in a shared one always. */
const IS_LIVED_IN = `(t.tier = 'row' or exists (
  select from placement p left join tenant_retention r on r.tenant_id = p.tenant_id
  where (p.cluster, p.database, p.schema) = (t.cluster, t.database, t.home) and coalesce(r.state, 'kept') = 'kept'))`;

/** Databases with one home each are claimed and recorded so many at once: that costs more than a small migration does. */
const DATABASES_TOGETHER = 5;

/** The wave of the canaries. */
const CANARIES = 1;

/** Of a run that is updated as `r` with the failures that `c` counted. A canary that fails is enough: the first wave is there to be the only one that is hurt. */
const IS_SPENT = `case when r.wave = ${String(CANARIES)} and (r.wish->>'canary')::integer > 0 then true
  else r.failed + c.failed > coalesce((r.wish #>> '{maxFailures,count}')::numeric, (r.wish #>> '{maxFailures,percent}')::numeric / 100 * r.total) end`;

/** How many failures one event tells. */
const TOLD = 50;

/**
 * Everything that `record` keeps, in one statement, because every lane of a run waits for the run's row: that first, and the targets after it, as
 * for everybody who takes both.
 */
const RECORD = `
  with run as materialized (select id from migration_run where id = ? for update),
  was as materialized (
    select t.target, t.state as before, left(o.error, 500) as error, o."inMs", o.state = 'again' as "isTriedAgain",
      case when o.state in ('failed', 'again') and not ${IS_LIVED_IN} then 'skipped' else o.state end as becomes
    from run cross join jsonb_to_recordset(?::jsonb) as o (target text, state text, error text, "inMs" float8)
    -- One by one by the key: all of a run are many.
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
    returning t.target, was.before, was.becomes, was.error, was."isTriedAgain"
  ),
  noted as (${notingOf(`(
    select seen.* from changed join jsonb_to_recordset(?::jsonb) as seen (target text, cluster text, database text, home text, version text, needs text)
      using (target)) as mine`)}),
  counted as (
    select count(*) filter (where becomes = 'migrated') - count(*) filter (where becomes in ('failed', 'skipped') and before = 'migrated') as migrated,
      count(*) filter (where becomes = 'failed') as failed, count(*) filter (where becomes = 'skipped') as skipped,
      coalesce(jsonb_path_query_array(
        jsonb_agg(jsonb_build_object('target', target, 'error', error, 'isTriedAgain', "isTriedAgain")) filter (where becomes in ('failed', 'again')),
        '$[0 to ${String(TOLD - 1)}]'), '[]') as failures
    from changed
  ),
  kept as (
    update migration_run r set migrated = r.migrated + c.migrated, failed = r.failed + c.failed, skipped = r.skipped + c.skipped,
      state = case when r.state = 'running' and c.failed > 0 and ${IS_SPENT} then 'stopped' else r.state end, events = ${NEXT_EVENT}
    from counted c where r.id = ? returning r.*, c.failures
  ),
  told as (${tellingOf('kept')})
  select state from kept`;

/** The targets of one server in one run, for the one who works on them under a name that nobody else has. */
export class RunTargets {
  constructor(
    private readonly catalog: MikroORM,
    private readonly lane: RunLane,
  ) {}

  /** Gives back what holders left behind that were overtaken or died. */
  async takeOver(): Promise<void> {
    const { run, cluster } = this.lane;
    await this.catalog.em.fork().execute(
      `update migration_target t set holder = null, state = case state when 'running' then 'pending' else state end
       where run_id = ? and cluster = ? and (state = 'running' or state = 'migrated' and not is_checked) and holder is not null
         and not ${isAlive('t.holder')}`,
      [run, cluster],
    );
  }

  /**
   * At most so many targets, in the present wave: of one database, or of a few that have few each; none when the run does not run, another holds
   * targets of this server, or this holder was overtaken.
   */
  async claim(atMost: number): Promise<ClaimedTarget[]> {
    const { run, cluster, holder } = this.lane;
    return this.catalog.em.fork().execute<ClaimedTarget[]>(
      `with present as (
         select r.id, r.wave from migration_run r where r.id = ? and r.state = 'running' and not exists (
           select from migration_target o where o.run_id = r.id and o.cluster = ? and o.state = 'running' and o.holder <> ?)
           and ${isAlive('?')}
       ),
       first as (
         select t.database from migration_target t join present r on r.id = t.run_id and r.wave = t.wave
         where t.cluster = ? and t.state = 'pending' and t.due_at <= clock_timestamp()
         order by t.database, t.home limit ${String(DATABASES_TOGETHER)} for update of t skip locked
       ), due as (
         select t.target from migration_target t join present r on r.id = t.run_id and r.wave = t.wave
         where t.cluster = ? and t.database in (select database from first) and t.state = 'pending' and t.due_at <= clock_timestamp()
         order by t.database, t.home limit ? for update of t skip locked
       )
       update migration_target t set state = 'running', holder = ?, tries = t.tries + 1 from due
       where t.run_id = ? and t.target = due.target
       returning t.target, t.cluster, t.database, t.home, t.tries - 1 as tries`,
      [run, cluster, ...[holder, holder, holder], cluster, cluster, atMost, holder, run],
    );
  }

  /** At most so many targets of one database that were migrated and are still to be held against the reference; as `claim` does. */
  async claimMigrated(atMost: number): Promise<ClaimedTarget[]> {
    const { run, cluster, holder } = this.lane;
    return this.catalog.em.fork().execute<ClaimedTarget[]>(
      `with open as (
         select t.target, t.database, t.home from migration_target t join migration_run r on r.id = t.run_id and r.state = 'running'
         where t.run_id = ? and t.cluster = ? and t.state = 'migrated' and not t.is_checked and t.holder is null and t.due_at <= clock_timestamp()
           and ${isAlive('?')}
           and (r.wave = ${String(CANARIES)} or not exists (select from migration_target p where p.run_id = r.id and p.wave > r.wave and p.state = 'pending'))
       ), due as (
         select t.target from migration_target t
         where t.run_id = ? and t.target in (select target from open where database = (select min(database) from open) order by home limit ?)
         for update of t skip locked
       )
       update migration_target t set holder = ? from due
       where t.run_id = ? and t.target = due.target and t.holder is null
       returning t.target, t.cluster, t.database, t.home, t.tries - 1 as tries`,
      [run, cluster, holder, holder, run, atMost, holder, run],
    );
  }

  /**
   * Keeps what became of targets, with the versions in the ledger, in one transaction; stops the run when its budget of failures is spent. Of a
   * target that another holds by now nothing is kept, and one whose tenant was erased meanwhile has not failed. Gives whether the run still runs.
   */
  async record(outcomes: readonly TargetOutcome[]): Promise<boolean> {
    const { run, holder } = this.lane;
    const seen = outcomes.flatMap(({ target, seen: home }) => (home ? [{ target, ...home }] : []));
    const [kept] = await this.catalog.em
      .fork()
      .execute<{ state: RunReport['state'] }[]>(RECORD, [run, JSON.stringify(outcomes), holder, run, JSON.stringify(seen), run]);
    return kept?.state === 'running';
  }

  /** Gives back targets that were claimed and not begun. */
  async giveBack(targets: readonly string[]): Promise<void> {
    const { run, holder } = this.lane;
    await this.catalog.em.fork().execute(
      `update migration_target set state = 'pending', holder = null, tries = tries - 1
       where run_id = ? and holder = ? and state = 'running' and target in (select jsonb_array_elements_text(?::jsonb))`,
      [run, holder, JSON.stringify(targets)],
    );
  }

  /**
   * Whether there is more to claim. When nothing of the wave is left anywhere the next begins, which for canaries is after they were held against
   * the reference; when none is left and all were held against it, homes that became due meanwhile are the next wave; and when there are none
   * of these either the run is over.
   */
  async standing(later: (em: RunTransaction, run: RunReport) => Promise<RunOrder['targets']>): Promise<Standing> {
    const { run } = this.lane;
    // Most who ask have to wait, and hold nobody up by that.
    const seen = standingOf(await leftOf(this.catalog.em.fork(), run));
    if (seen !== 'claim') return seen;
    return this.catalog.em.fork().transactional(async (em) => {
      const row = await oneRun(em, run, 'for update');
      const left = await leftOf(em, run);
      const standing = standingOf(left);
      if (standing !== 'claim') return standing;
      const next = left.next ?? (await this.#addLater(em, row, later));
      if (next !== null) {
        await em.execute('update migration_run set wave = ? where id = ?', [next, run]);
        await noteRun(em, run);
        return 'claim';
      }
      await em.execute(`update migration_run set state = ?, finished_at = clock_timestamp() where id = ?`, [
        ...[row.failed > 0 ? 'failed' : 'done', run],
      ]);
      await noteRun(em, run);
      return 'over';
    });
  }

  async #addLater(
    em: RunTransaction,
    row: RunRow,
    later: (em: RunTransaction, run: RunReport) => Promise<RunOrder['targets']>,
  ): Promise<number | null> {
    const wave = row.wave + 1;
    const found = (await later(em, runOf(row))).map((home) => ({ ...home, wave }));
    return (await addTargets(em, row.id, found)) > 0 ? wave : null;
  }
}

/** What is left of a run; `next` is the first wave of which something is to be migrated, null when there is none. */
interface Left {
  readonly state: RunReport['state'];
  readonly isUnderWay: boolean;
  readonly next: number | null;
  readonly isUnchecked: boolean;
}

async function leftOf(em: RunTransaction, run: string): Promise<Left> {
  const [left] = await em.execute<Left[]>(
    `select r.state, coalesce(bool_or(t.wave <= r.wave and (t.state <> 'migrated' or t.wave = ${String(CANARIES)})), false) as "isUnderWay",
       min(t.wave) filter (where t.state <> 'migrated') as next, coalesce(bool_or(t.state = 'migrated'), false) as "isUnchecked"
     from migration_run r left join migration_target t
       on t.run_id = r.id and (t.state in ('pending', 'running') or t.state = 'migrated' and not t.is_checked)
     where r.id = ? group by r.id`,
    [run],
  );
  if (!left) throw new RunNotFoundError(run);
  return left;
}

/** As far as it can be told without the lock of the run. */
function standingOf({ state, isUnderWay, next, isUnchecked }: Left): Standing {
  if (state !== 'running') return 'over';
  return isUnderWay || (next === null && isUnchecked) ? 'waiting' : 'claim';
}
