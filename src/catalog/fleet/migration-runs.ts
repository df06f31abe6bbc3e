import { randomUUIDv7 } from 'node:crypto';
import { UniqueConstraintViolationException } from '@mikro-orm/core';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { RunNotFoundError, RunStateRefusedError, RunUnderWayError } from '#catalog/fleet/fleet.errors.js';
import type { KnownHome } from '#catalog/fleet/home-ledger.js';
import { OVER, type RunEvent, type RunReport, type RunState, type RunTarget, type RunWish } from '#catalog/fleet/migration-run.js';
import { IdempotencyKeyReusedError } from '#kernel/idempotency/idempotency.errors.js';
import type { Once } from '#kernel/idempotency/once.js';
import { type EventContent, NEXT_EVENT, RUN_COLUMNS, runOf, type RunRow, tellingOf } from '#catalog/fleet/run-rows.js';

/** A run that is asked for; a target's wave is when its turn comes. */
export interface RunOrder {
  readonly version: string;
  readonly wish: RunWish;
  readonly targets: readonly (KnownHome & { readonly wave: number })[];
  /** Targets that are not touched, and why. */
  readonly skipped: readonly { readonly home: KnownHome; readonly why: string }[];
  readonly requestedBy: string;
  readonly reason: string | null;
  readonly once?: Once | undefined;
}

/** The transaction in which a decision on a run is kept, with its record and the works that follow. */
export type RunTransaction = EntityManager;

/** Runs over the fleet, as the catalog has them; at most one is not over. */
export class MigrationRuns {
  constructor(private readonly catalog: MikroORM) {}

  /** A decision on runs, and whatever is kept with it: all of it or nothing. */
  decide<T>(work: (em: RunTransaction) => Promise<T>): Promise<T> {
    return this.catalog.em.fork().transactional(work);
  }

  /** Keeps a run with its targets in the caller's transaction; it runs from the commit on. Raises RunUnderWayError. */
  async open(em: EntityManager, { version, wish, targets, skipped, requestedBy, reason, once }: RunOrder): Promise<string> {
    const id = randomUUIDv7();
    const [open] = await em.execute<{ id: string }[]>(`select id from migration_run where state in ('running', 'paused', 'stopped')`);
    if (open) throw new RunUnderWayError(open.id);
    await onlyOne(() =>
      em.execute(
        `insert into migration_run (id, state, version, wish, requested_by, reason, once, fingerprint) values (?, 'running', ?, ?::jsonb, ?, ?, ?, ?)`,
        [id, version, JSON.stringify(wish), requestedBy, reason, once?.name ?? null, once?.fingerprint ?? null],
      ),
    );
    await addTargets(em, id, targets, skipped);
    await em.execute(
      `update migration_run set wave = coalesce((select min(wave) from migration_target where run_id = id and state = 'pending'), 1) where id = ?`,
      [id],
    );
    await noteRun(em, id);
    return id;
  }

  /** Raises RunNotFoundError. */
  async report(id: string): Promise<RunReport> {
    return runOf(await oneRun(this.catalog.em.fork(), id));
  }

  /** The run that a request began before; null for a new one. Raises IdempotencyKeyReusedError when that was another request. */
  async begunBy({ name, fingerprint }: Once): Promise<string | null> {
    const [run] = await this.catalog.em
      .fork()
      .execute<{ id: string; fingerprint: string }[]>('select id, fingerprint from migration_run where once = ?', [name]);
    if (run && run.fingerprint !== fingerprint) throw new IdempotencyKeyReusedError();
    return run?.id ?? null;
  }

  /** The newest runs first, or those before one. */
  async list(atMost: number, before?: { readonly at: Date; readonly id: string }): Promise<RunReport[]> {
    const [at, id] = before ? [before.at.toISOString(), before.id] : [null, null];
    const rows = await this.catalog.em.fork().execute<RunRow[]>(
      `select ${RUN_COLUMNS} from migration_run r where ?::timestamptz is null or (r.created_at, r.id) < (?::timestamptz, ?::uuid)
       order by r.created_at desc, r.id desc limit ?`,
      [at, at, id, atMost],
    );
    return rows.map(runOf);
  }

  /** The newest of all; null when there was none. */
  async latest(): Promise<RunReport | null> {
    return (await this.list(1))[0] ?? null;
  }

  /** Targets of a run in those states, by their names. */
  async targets(id: string, states: readonly RunTarget['state'][], atMost: number): Promise<RunTarget[]> {
    return this.catalog.em.fork().execute<RunTarget[]>(
      `select target, tier, tenant_id as "tenantId", wave, state, tries, error from migration_target
       where run_id = ? and state = any(?::text[]) order by target limit ?`,
      [id, `{${states.join(',')}}`, atMost],
    );
  }

  /** The servers that have a target which is still to be done, or to be held against the reference. */
  async clusters(id: string, em: EntityManager = this.catalog.em.fork()): Promise<string[]> {
    const rows = await em.execute<{ cluster: string }[]>(
      `select distinct cluster from migration_target where run_id = ? and (state in ('pending', 'running') or state = 'migrated' and not is_checked) order by cluster`,
      [id],
    );
    return rows.map(({ cluster }) => cluster);
  }

  /** Forgets runs that were over so many days ago, with their targets. */
  async trim(days: number): Promise<void> {
    await this.catalog.em
      .fork()
      .execute('delete from migration_run where finished_at < clock_timestamp() - make_interval(days => ?)', [days]);
  }

  /** The number of the newest change. */
  async newestEvent(id: string): Promise<number> {
    const [newest] = await this.catalog.em
      .fork()
      .execute<{ seq: number }[]>('select coalesce(max(seq), 0) as seq from migration_run_event where run_id = ?', [id]);
    return newest?.seq ?? 0;
  }

  /** Changes with `seq > after`, in their order. */
  async events(id: string, after: number): Promise<RunEvent[]> {
    const rows = await this.catalog.em
      .fork()
      .execute<{ seq: number; at: string; what: string }[]>(
        'select seq, at::text, what::text from migration_run_event where run_id = ? and seq > ? order by seq limit 500',
        [id, after],
      );
    return rows.map(({ seq, at, what }) => ({ seq, at: new Date(at), ...(JSON.parse(what) as EventContent) }));
  }

  /** Raises RunNotFoundError, and RunStateRefusedError for one that is not in such a state. */
  async change(em: EntityManager, id: string, from: readonly RunState[], to: RunState): Promise<void> {
    await this.hold(em, id, from);
    await em.execute(`update migration_run set state = ?, finished_at = case when ? then clock_timestamp() end where id = ?`, [
      to,
      OVER.has(to),
      id,
    ]);
    await noteRun(em, id);
  }

  /** Keeps a run as it is until the transaction ends. Raises RunNotFoundError, and RunStateRefusedError for one that is not in such a state. */
  async hold(em: EntityManager, id: string, states: readonly RunState[]): Promise<RunState> {
    const { state } = await oneRun(em, id, 'for update');
    if (!states.includes(state)) throw new RunStateRefusedError(id, state);
    return state;
  }

  /** Ends a run that runs and has nothing left to do. Raises RunNotFoundError or RunStateRefusedError. */
  async end(em: EntityManager, id: string): Promise<void> {
    const { failed } = await oneRun(em, id);
    await this.change(em, id, ['running'], failed > 0 ? 'failed' : 'done');
  }

  /**
   * Has a run go on that was held up, was left alone, or ended with failures; what came after it is at a newer version than its own, so only the
   * newest may. Gives the state it was in. Raises RunNotFoundError, RunStateRefusedError, and RunUnderWayError while there is another.
   */
  async reopen(em: EntityManager, id: string): Promise<RunState> {
    const state = await this.hold(em, id, ['running', 'paused', 'stopped', 'failed']);
    const [newest] = await em.execute<{ id: string; isOver: boolean }[]>(
      `select id, state not in ('running', 'paused', 'stopped') as "isOver" from migration_run order by created_at desc, id desc limit 1`,
    );
    if (newest && newest.id !== id) {
      if (newest.isOver) throw new RunStateRefusedError(id, `${state}, and another came after it`);
      throw new RunUnderWayError(newest.id);
    }
    await onlyOne(() => this.change(em, id, [state], 'running'));
    return state;
  }

  /** The targets a run has, and their servers. */
  async names(id: string, em: EntityManager): Promise<{ readonly targets: ReadonlySet<string>; readonly clusters: ReadonlySet<string> }> {
    const rows = await em.execute<{ target: string; cluster: string }[]>('select target, cluster from migration_target where run_id = ?', [
      id,
    ]);
    return { targets: new Set(rows.map(({ target }) => target)), clusters: new Set(rows.map(({ cluster }) => cluster)) };
  }

  /** Targets that failed are tried again, all or those that are named; gives how many. */
  async again(em: EntityManager, id: string, named: readonly string[] | null): Promise<number> {
    const reset = await em.execute<{ wave: number }[]>(
      `update migration_target set state = 'pending', tries = 0, error = null, due_at = clock_timestamp()
       where run_id = ? and state = 'failed' and (?::jsonb is null or target in (select jsonb_array_elements_text(?::jsonb))) returning wave`,
      [id, named && JSON.stringify(named), named && JSON.stringify(named)],
    );
    await em.execute('update migration_run set failed = failed - ?, wave = least(wave, ?::integer) where id = ?', [
      ...[reset.length, reset.length === 0 ? null : Math.min(...reset.map(({ wave }) => wave)), id],
    ]);
    if (reset.length > 0) await noteRun(em, id);
    return reset.length;
  }
}

/** Raises RunUnderWayError when another had its run open a moment earlier. */
async function onlyOne(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof UniqueConstraintViolationException) throw new RunUnderWayError('of somebody else');
    throw error;
  }
}

/** Adds targets to a run; those it has already stay as they are. */
export async function addTargets(
  em: EntityManager,
  id: string,
  targets: RunOrder['targets'],
  skipped: RunOrder['skipped'] = [],
): Promise<number> {
  const rows = [
    ...targets.map((home) => ({ ...home, state: 'pending', error: null })),
    ...skipped.map(({ home, why }) => ({ ...home, wave: 0, state: 'skipped', error: why })),
  ];
  const added = await em.execute<{ state: string }[]>(
    `insert into migration_target (run_id, target, cluster, database, home, tier, tenant_id, wave, state, error)
     select ?::uuid, target, cluster, database, home, tier, "tenantId", wave, state, error
     from jsonb_to_recordset(?::jsonb) as wished (target text, cluster text, database text, home text, tier text, "tenantId" uuid, wave integer, state text, error text)
     on conflict do nothing returning state`,
    [id, JSON.stringify(rows)],
  );
  const passedOver = added.filter(({ state }) => state === 'skipped').length;
  await em.execute('update migration_run set total = total + ?, skipped = skipped + ? where id = ?', [added.length, passedOver, id]);
  return added.length;
}

/** Tells whoever watches how a run stands now. */
export async function noteRun(em: EntityManager, id: string): Promise<void> {
  await em.execute(
    `with run as (update migration_run r set events = ${NEXT_EVENT} where r.id = ? returning r.*, '[]'::jsonb as failures) ${tellingOf('run')}`,
    [id],
  );
}

/** Raises RunNotFoundError. */
export async function oneRun(em: EntityManager, id: string, lock: '' | 'for update' = ''): Promise<RunRow> {
  const [row] = await em.execute<RunRow[]>(`select ${RUN_COLUMNS} from migration_run r where r.id = ? ${lock}`, [id]);
  if (!row) throw new RunNotFoundError(id);
  return row;
}
