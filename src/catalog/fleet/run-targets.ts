import type { MikroORM } from '@mikro-orm/postgresql';
import { HomeLedger, type Home, type HomeVersion } from '#catalog/fleet/home-ledger.js';
import type { RunReport } from '#catalog/fleet/migration-run.js';
import { addTargets, noteRun, oneRun, type RunOrder, type RunTransaction } from '#catalog/fleet/migration-runs.js';
import { runOf, type RunRow } from '#catalog/fleet/run-rows.js';

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

/** The wave of the canaries. */
const CANARIES = 1;

/** The targets of one server in one run, for the one who works on them under a name that nobody else has. */
export class RunTargets {
  constructor(
    private readonly catalog: MikroORM,
    private readonly ledger: HomeLedger,
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
   * At most so many targets of one database, in the present wave; none when the run does not run, another holds targets of this server, or this
   * holder was overtaken.
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
         where t.cluster = ? and t.state = 'pending' and t.due_at <= clock_timestamp() order by t.database, t.home limit 1 for update of t skip locked
       ), due as (
         select t.target from migration_target t join present r on r.id = t.run_id and r.wave = t.wave
         where t.cluster = ? and t.database = (select database from first) and t.state = 'pending' and t.due_at <= clock_timestamp()
         order by t.home limit ? for update of t skip locked
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
    return this.catalog.em.fork().transactional(async (em) => {
      const before = await oneRun(em, run, 'for update');
      const kept = await em.execute<{ target: string; was: string; is: string }[]>(
        `with was as materialized (
           select t.target, t.state, o.error, o."inMs", case when o.state in ('failed', 'again') and not ${IS_LIVED_IN} then 'skipped' else o.state end as becomes
           from jsonb_to_recordset(?::jsonb) as o (target text, state text, error text, "inMs" float8)
           join migration_target t on t.target = o.target and t.run_id = ? and t.holder = ? and t.state in ('running', 'migrated')
           for update of t
         )
         update migration_target t set holder = null, is_checked = was.becomes = 'checked',
           error = case was.becomes when 'skipped' then '${GONE}' else left(was.error, 500) end,
           state = case when was.becomes = 'checked' or was.becomes = 'again' and was.state = 'migrated' then 'migrated'
             when was.becomes = 'again' then 'pending' else was.becomes end,
           tries = t.tries + (was.becomes = 'again' and was.state = 'migrated')::integer,
           due_at = clock_timestamp() + make_interval(secs => coalesce(was."inMs", 0) / 1000),
           finished_at = case when was.becomes <> 'again' then clock_timestamp() end
         from was where t.run_id = ? and t.target = was.target
         returning t.target, was.state as was, t.state as is`,
        [JSON.stringify(outcomes), run, holder, run],
      );
      const mine = new Map(kept.map(({ target, is }) => [target, is]));
      const known = outcomes.filter(({ target }) => mine.has(target));
      const migrated = known.filter(({ state }) => state === 'migrated');
      const [failed, skipped] = ['failed', 'skipped'].map((state) => kept.filter(({ is }) => is === state)) as [typeof kept, typeof kept];
      const taken = [...failed, ...skipped].filter(({ was }) => was === 'migrated').length;
      await this.ledger.note(
        known.flatMap(({ seen }) => seen ?? []),
        em,
      );
      const [after] = await em.execute<{ state: RunReport['state'] }[]>(
        `update migration_run set migrated = migrated + ?, failed = failed + ?, skipped = skipped + ?,
           state = case when state = 'running' and ? then 'stopped' else state end where id = ? returning state`,
        [migrated.length - taken, failed.length, skipped.length, failed.length > 0 && isSpent(before, failed.length), run],
      );
      const told = known.filter(({ target }) => mine.get(target) !== 'skipped');
      const failures = told.flatMap((outcome) =>
        'error' in outcome ? [{ target: outcome.target, error: outcome.error, isTriedAgain: outcome.state === 'again' }] : [],
      );
      await noteRun(em, run, failures.slice(0, 50));
      return after?.state === 'running';
    });
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
    return this.catalog.em.fork().transactional(async (em) => {
      const row = await oneRun(em, run, 'for update');
      if (row.state !== 'running') return 'over';
      const [left] = await em.execute<{ isUnderWay: boolean; next: number | null; isUnchecked: boolean }[]>(
        `select coalesce(bool_or(wave <= ? and (state <> 'migrated' or wave = ?)), false) as "isUnderWay",
           min(wave) filter (where state <> 'migrated') as next, coalesce(bool_or(state = 'migrated'), false) as "isUnchecked"
         from migration_target where run_id = ? and (state in ('pending', 'running') or state = 'migrated' and not is_checked)`,
        [row.wave, CANARIES, run],
      );
      if (left?.isUnderWay || (left?.next === null && left.isUnchecked)) return 'waiting';
      const next = left?.next ?? (await this.#addLater(em, row, later));
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

/** A canary that fails is enough: the first wave is there to be the only one that is hurt. */
function isSpent({ wish, wave, failed, total }: RunRow, now: number): boolean {
  const { canary, maxFailures } = JSON.parse(wish) as RunReport['wish'];
  if (wave === CANARIES && canary > 0) return true;
  const budget = 'count' in maxFailures ? maxFailures.count : (maxFailures.percent / 100) * total;
  return failed + now > budget;
}
