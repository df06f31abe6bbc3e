import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { WorkSupersededError } from '#catalog/work/work.errors.js';
import type { StepState, WorkDirection, WorkState } from '#catalog/work/work-report.js';

/** A try that can be begun: the next attempt of a work. */
export interface WorkDelivery {
  readonly id: string;
  readonly attempt: number;
}

/** A work whose next try was begun, as it is kept. */
export interface ClaimedWork {
  readonly id: string;
  readonly kind: string;
  readonly tenantId: string | null;
  readonly input: object;
  readonly origin: string;
  readonly attempt: number;
  readonly createdAt: Date;
}

/** Where a work stands when one of its steps is to be done. */
export interface WorkPosition {
  readonly direction: WorkDirection;
  readonly isCancelled: boolean;
  readonly failures: number;
  /** By name; `result` is what the step gave when it was done. */
  readonly steps: ReadonlyMap<string, { readonly state: StepState; readonly result: object | null }>;
}

/** What becomes of a work when a try ends. */
export interface WorkEnding {
  readonly state: WorkState;
  readonly direction: WorkDirection;
  readonly failures: number;
  readonly error: string | null;
  /** Milliseconds until it is tried again, for a queued one. */
  readonly dueInMs?: number;
  /** Milliseconds until this process hears of it again; when it is due when not said. */
  readonly ringInMs?: number;
}

/** The state of a step: its beginning, its end with what it gave, or why it failed; one that is taken back still says why. */
export interface StepChange {
  readonly name: string;
  readonly place: number;
  readonly state: StepState;
  readonly result?: object | undefined;
  readonly error?: string;
}

/** What comes next in a try: a step begins, or the try ends. */
export type WorkMove = { readonly begin: StepChange } | { readonly end: WorkEnding };

/**
 * One work during one of its tries. Every change holds the row and names the attempt: a try that was overtaken changes nothing and raises
 * WorkSupersededError. Times are those of the database's clock.
 */
export class WorkRow {
  constructor(
    private readonly catalog: MikroORM,
    private readonly delivery: WorkDelivery,
  ) {}

  /**
   * Null when the delivery is not the next try: it came twice, too late or too early; who `isOwner` may be early. A try that was lost counts as
   * a failure.
   */
  async claim(leaseMs: number, isOwner = false): Promise<ClaimedWork | null> {
    const { id, attempt } = this.delivery;
    return this.catalog.em.fork().transactional(async (em) => {
      const [row] = await em.execute<(Omit<ClaimedWork, 'input' | 'createdAt'> & { input: string; createdAt: string })[]>(
        `update work w set state = 'running', attempt = w.attempt + 1, failures = w.failures + (w.state = 'running')::integer,
           lease_until = clock_timestamp() + make_interval(secs => ?::float8 / 1000)
         where w.id = ? and w.attempt = ?
           and ((w.state = 'queued' and (w.due_at <= clock_timestamp() or ?)) or (w.state = 'running' and w.lease_until < clock_timestamp()))
         returning w.id, w.kind, w.tenant_id as "tenantId", w.input::text, w.origin::text, w.attempt, w.created_at::text as "createdAt"`,
        [leaseMs, id, attempt - 1, isOwner],
      );
      if (!row) return null;
      await em.execute(NOTE, [id, null, 'running', null, id]);
      return { ...row, input: JSON.parse(row.input) as object, createdAt: new Date(row.createdAt) };
    });
  }

  /** False when the try was overtaken. */
  async renew(leaseMs: number): Promise<boolean> {
    const { id, attempt } = this.delivery;
    const renewed = await this.catalog.em.fork().execute<unknown[]>(
      `update work set lease_until = clock_timestamp() + make_interval(secs => ?::float8 / 1000)
       where id = ? and attempt = ? and state = 'running' returning id`,
      [leaseMs, id, attempt],
    );
    return renewed.length === 1;
  }

  /**
   * What lies between two steps, in one transaction: keeps how the one before went, asks what comes next from where the work stands then, and
   * keeps that. Gives what comes next.
   */
  async move<Next extends WorkMove>(before: StepChange | null, next: (position: WorkPosition) => Next): Promise<Next> {
    return this.#held(async (em, held) => {
      if (before) await this.#change(em, before);
      // Failures count in a row.
      const isFresh = before?.state === 'done' || before?.state === 'undone';
      const position = { ...held, failures: isFresh ? 0 : held.failures, steps: await this.#steps(em) };
      const move = next(position);
      if ('begin' in move) await this.#change(em, move.begin);
      else await this.#end(em, move.end);
      return move;
    });
  }

  async #steps(em: EntityManager): Promise<WorkPosition['steps']> {
    const steps = await em.execute<{ name: string; state: StepState; result: string | null }[]>(
      'select name, state, result::text from work_step where work_id = ?',
      [this.delivery.id],
    );
    return new Map(
      steps.map(({ name, state, result }) => [name, { state, result: result === null ? null : (JSON.parse(result) as object) }]),
    );
  }

  async #change(em: EntityManager, { name, place, state, result, error }: StepChange): Promise<void> {
    const { id } = this.delivery;
    await em.execute(
      `with step as (
         insert into work_step as s (work_id, name, position, state, result, error, started_at, finished_at)
         values (?, ?, ?, ?, ?::jsonb, ?, clock_timestamp(), case when ? then clock_timestamp() end)
         on conflict (work_id, name) do update set state = excluded.state, result = coalesce(excluded.result, s.result),
           error = coalesce(excluded.error, case when excluded.state in ('undoing', 'undone') then s.error end),
           started_at = coalesce(s.started_at, excluded.started_at), finished_at = excluded.finished_at
       ), fresh as (update work set failures = 0 where id = ? and ?)
       ${NOTE}`,
      [
        ...[id, name, place, state, result === undefined ? null : JSON.stringify(result), error ?? null, isOver(state)],
        ...[id, state === 'done' || state === 'undone'],
        ...[id, name, state, error ?? null, id],
      ],
    );
  }

  async #end(em: EntityManager, { state, direction, failures, error, dueInMs = 0 }: WorkEnding): Promise<void> {
    const { id } = this.delivery;
    await em.execute(
      `with ending as (
         update work set state = ?, direction = ?, failures = ?, error = ?, lease_until = null,
           due_at = clock_timestamp() + make_interval(secs => ?::float8 / 1000), finished_at = case when ? then null else clock_timestamp() end
         where id = ?
       )
       ${NOTE}`,
      [state, direction, failures, error, dueInMs, state === 'queued', id, ...[id, null, state, error, id]],
    );
  }

  async #held<T>(work: (em: EntityManager, held: Omit<WorkPosition, 'steps'>) => Promise<T>): Promise<T> {
    const { id, attempt } = this.delivery;
    return this.catalog.em.fork().transactional(async (em) => {
      const [held] = await em.execute<Omit<WorkPosition, 'steps'>[]>(
        `select direction, is_cancelled as "isCancelled", failures from work where id = ? and attempt = ? and state = 'running' for update`,
        [id, attempt],
      );
      if (!held) throw new WorkSupersededError(id);
      return work(em, held);
    });
  }
}

/** Only who holds the work's row may, so the numbers have no gap. */
const NOTE = `insert into work_event (work_id, seq, step, state, error)
  select ?::uuid, 1 + coalesce(max(seq), 0), ?, ?, ? from work_event where work_id = ?::uuid`;

function isOver(state: StepState): boolean {
  return state === 'done' || state === 'failed' || state === 'undone';
}
