import { UniqueConstraintViolationException } from '@mikro-orm/core';
import type { MikroORM } from '@mikro-orm/postgresql';
import { RunNotFoundError } from '#catalog/fleet/fleet.errors.js';
import type { Home } from '#catalog/fleet/home-ledger.js';
import type { RunReport } from '#catalog/fleet/migration-run.js';
import { addTargets, noteRun, oneRun, type RunOrder, type RunTransaction } from '#catalog/fleet/migration-runs.js';
import { RECORD, type TargetOutcome } from '#catalog/fleet/record-outcomes.js';
import { CANARIES, runOf, type RunRow } from '#catalog/fleet/run-rows.js';

/** A target whose turn has come. */
export interface ClaimedTarget extends Home {
  readonly target: string;
  /** How often it was tried before. */
  readonly tries: number;
}

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

/** A target that was tried so often holds its wave up no longer, unless it is a canary: it is tried again beside those that come after it. */
const HOLDS_UP_TRIES = 3;
/** At most so many databases are claimed at once: a claim and a record cost more than a small migration. */
const DATABASES_TOGETHER = 5;

/** The targets of one server in one run, for the one who works on them under a name that nobody else has. */
export class RunTargets {
  constructor(
    private readonly catalog: MikroORM,
    private readonly lane: RunLane,
  ) {}

  /** Gives back what holders left behind that were overtaken or died; what one of them is just telling of is left to it. */
  async takeOver(): Promise<void> {
    const { run, cluster } = this.lane;
    await this.catalog.em.fork().execute(
      `with behind as (
         select t.target from migration_target t
         where t.run_id = ? and t.cluster = ? and (t.state = 'running' or t.state = 'migrated' and not t.is_checked) and t.holder is not null
           and not ${isAlive('t.holder')} for update of t skip locked
       )
       update migration_target t set holder = null, state = case t.state when 'running' then 'pending' else t.state end
       from behind where t.run_id = ? and t.target = behind.target`,
      [run, cluster, run],
    );
  }

  /**
   * At most so many targets whose wave has come: of one database, or of a few of which the first have one each; of databases and of homes no more than
   * leave as many to each of so many lanes. None when the run does not run, another holds targets of this server, or this holder was overtaken.
   * In the order of their databases and names.
   */
  async claim(atMost: number, lanes: number): Promise<ClaimedTarget[]> {
    const { run, cluster, holder } = this.lane;
    return this.catalog.em.fork().execute<ClaimedTarget[]>(
      `with present as (
         select r.id, r.wave from migration_run r where r.id = ? and r.state = 'running' and not exists (
           select from migration_target o where o.run_id = r.id and o.cluster = ? and o.state = 'running' and o.holder <> ?)
           and ${isAlive('?')}
       ),
       open as materialized (
         select ceil(count(distinct t.database)::float8 / ?) as databases, ceil(count(*)::float8 / ?) as homes
         from migration_target t join present r on r.id = t.run_id and r.wave >= t.wave
         where t.cluster = ? and t.state = 'pending' and t.due_at <= clock_timestamp()
       ),
       first as (
         select t.database from migration_target t join present r on r.id = t.run_id and r.wave >= t.wave
         where t.cluster = ? and t.state = 'pending' and t.due_at <= clock_timestamp()
         order by t.database, t.home limit (select least(databases, ${String(DATABASES_TOGETHER)})::bigint from open) for update of t skip locked
       ), due as (
         select t.target from migration_target t join present r on r.id = t.run_id and r.wave >= t.wave
         where t.cluster = ? and t.database in (select database from first) and t.state = 'pending' and t.due_at <= clock_timestamp()
         order by t.database, t.home limit (select least(homes, ?)::bigint from open) for update of t skip locked
       ), claimed as (
         update migration_target t set state = 'running', holder = ?, tries = t.tries + 1 from due
         where t.run_id = ? and t.target = due.target
         returning t.target, t.cluster, t.database, t.home, t.tries - 1 as tries
       )
       select * from claimed order by database, home`,
      [run, cluster, ...[holder, holder, holder], lanes, lanes, ...[cluster, cluster, cluster], atMost, holder, run],
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
       where t.run_id = ? and t.target = due.target and t.holder is null and t.state = 'migrated' and not t.is_checked
       returning t.target, t.cluster, t.database, t.home, t.tries - 1 as tries`,
      [run, cluster, holder, holder, run, atMost, holder, run],
    );
  }

  /**
   * Keeps what became of targets, with the versions in the ledger, in one transaction; stops the run when its budget of failures is spent. Of a
   * target that another holds by now nothing is kept, and one whose tenant was erased meanwhile has not failed. Gives whether the run still runs
   * and something was kept.
   */
  async record(outcomes: readonly TargetOutcome[]): Promise<boolean> {
    const { run, holder } = this.lane;
    const keep = (): Promise<{ state: RunReport['state'] }[]> =>
      this.catalog.em.fork().execute(RECORD, [run, JSON.stringify(outcomes), holder, run, run]);
    const [kept] = await keep().catch((error: unknown) => {
      // An older process, which does not count events, told one while this waited for the run.
      if (error instanceof UniqueConstraintViolationException) return keep();
      throw error;
    });
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
   * Whether there is more to claim. When nothing of the wave is left anywhere, but for what is tried again and again, the next begins, which for
   * canaries is after they were held against the reference; when none is left and all were held against it, homes that became due meanwhile are the next wave; and when there are none
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

/** What is left of a run: `isAnything` of any wave, `next` the first wave to come. */
interface Left {
  readonly state: RunReport['state'];
  readonly isUnderWay: boolean;
  readonly next: number | null;
  readonly isAnything: boolean;
}

async function leftOf(em: RunTransaction, run: string): Promise<Left> {
  const [left] = await em.execute<Left[]>(
    `select r.state, min(t.wave) filter (where t.state <> 'migrated' and t.wave > r.wave) as next, count(t.target) > 0 as "isAnything",
       coalesce(bool_or(t.wave <= r.wave and (t.wave = ${String(CANARIES)} or t.state <> 'migrated' and t.tries <= ${String(HOLDS_UP_TRIES)})), false) as "isUnderWay"
     from migration_run r left join migration_target t
       on t.run_id = r.id and (t.state in ('pending', 'running') or t.state = 'migrated' and not t.is_checked)
     where r.id = ? group by r.id`,
    [run],
  );
  if (!left) throw new RunNotFoundError(run);
  return left;
}

/** As far as it can be told without the lock of the run. */
function standingOf({ state, isUnderWay, next, isAnything }: Left): Standing {
  if (state !== 'running') return 'over';
  return isUnderWay || (next === null && isAnything) ? 'waiting' : 'claim';
}
