import { randomUUIDv7 } from 'node:crypto';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { WorkNotFoundError, WorkStateRefusedError } from '#catalog/work/work.errors.js';
import { WorkRow, type WorkDelivery } from '#catalog/work/work-row.js';
import type { OpenWork, StepReport, WorkEvent, WorkReport, WorkState } from '#catalog/work/work-report.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';

/** A kind of work by what is kept of it: its name and the names of its steps, in their order. */
export interface WorkPlan {
  readonly name: `${string}.${string}`;
  readonly steps: readonly { readonly name: string }[];
}

/** What is asked for. `input` is plain JSON and holds no secret. */
export interface WorkWish {
  readonly kind: WorkPlan;
  readonly input: object;
  readonly tenantId?: string;
  /** As long as a wish of the same kind and key has not begun, another changes nothing. */
  readonly key?: string;
  /** A name under which something is asked for once, as long as the work is remembered (`WorkBook.trim`). */
  readonly once?: string;
  /** Now, by the clock of the database, when not said. */
  readonly dueAt?: Date;
  /** Steps that the cause's transaction does itself, with what they give. */
  readonly done?: Readonly<Record<string, object>>;
}

/** Hands tries to whoever works; it may lose and repeat them, and never raises: a sweep finds what was lost. */
export type WorkBell = (deliveries: readonly WorkDelivery[]) => void;

/** What the platform is to do, kept with its cause; and what became of it. */
export class WorkBook {
  constructor(
    private readonly catalog: MikroORM,
    private readonly ring: WorkBell,
  ) {}

  /**
   * Asks for work in the transaction of its cause: both are kept or neither. Gives its id, or that of the wish that is there already. Ring
   * afterwards with `rung`, or leave it to the sweep.
   */
  async enqueue(em: EntityManager, wish: WorkWish): Promise<string> {
    await em.flush();
    // A wish that was there and began before it could be held is done without ours: so ours is made after all.
    for (;;) {
      const id = (await this.#add(em, wish)) ?? (await this.#held(em, wish));
      if (id !== null) return id;
    }
  }

  async #add(em: EntityManager, { kind, input, tenantId, key, once, dueAt, done = {} }: WorkWish): Promise<string | null> {
    const id = randomUUIDv7();
    const made = await em.execute<{ id: string }[]>(
      `insert into work (id, kind, tenant_id, key, once, input, origin, state, direction, due_at)
       values (?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, 'queued', 'forward', coalesce(?::timestamptz, clock_timestamp()))
       on conflict do nothing returning id`,
      [
        ...[id, kind.name, tenantId ?? null, key ?? null, once ?? null, JSON.stringify(input)],
        ...[JSON.stringify(WorkOrigin.current()), dueAt?.toISOString() ?? null],
      ],
    );
    if (made.length === 0) return null;
    await em.execute(
      `insert into work_step (work_id, name, position, state, result, started_at, finished_at)
       select ?::uuid, name, place, case when result is null then 'pending' else 'done' end, result,
         case when result is not null then clock_timestamp() end, case when result is not null then clock_timestamp() end
       from (select name, place, ?::jsonb -> name as result from unnest(?::text[]) with ordinality as step (name, place)) s`,
      [id, JSON.stringify(done), textArray(kind.steps.map(({ name }) => name))],
    );
    await em.execute(
      `insert into work_event (work_id, seq, step, state)
       select ?::uuid, 1, null, 'queued' union all select ?::uuid, 1 + place, name, 'done' from unnest(?::text[]) with ordinality as step (name, place)`,
      [id, id, textArray(Object.keys(done))],
    );
    return id;
  }

  /** In a transaction of its own, and rung for. */
  async ask(wish: WorkWish): Promise<string> {
    const id = await this.catalog.em.fork().transactional((em) => this.enqueue(em, wish));
    if (wish.dueAt === undefined) await this.rung(id);
    return id;
  }

  /** Rings for a work after the commit that asked for it. */
  async rung(id: string): Promise<void> {
    this.ring(await this.due(1, id));
  }

  /** Tries that could begin now, the longest due first. */
  async due(atMost: number, id: string | null = null): Promise<WorkDelivery[]> {
    return this.catalog.em.fork().execute<WorkDelivery[]>(
      `select id, attempt + 1 as attempt from work
       where ((state = 'queued' and due_at <= clock_timestamp()) or (state = 'running' and lease_until < clock_timestamp()))
         and (?::uuid is null or id = ?::uuid)
       order by due_at limit ?`,
      [id, id, atMost],
    );
  }

  /** For who runs a try. */
  row(delivery: WorkDelivery): WorkRow {
    return new WorkRow(this.catalog, delivery);
  }

  /**
   * Forgets works that were done or taken back so many days ago, and those that failed of which no tenant waits for anything; what needs
   * somebody is never forgotten.
   */
  async trim(days: number): Promise<void> {
    await this.catalog.em.fork().execute(
      `delete from work where (state in ('done', 'compensated') or (state = 'failed' and tenant_id is null))
           and finished_at < clock_timestamp() - make_interval(days => ?)`,
      [days],
    );
  }

  /** Raises WorkNotFoundError. */
  async report(id: string): Promise<WorkReport> {
    const [report] = await this.#reports('where w.id = ?', [id]);
    if (!report) throw new WorkNotFoundError(id);
    return report;
  }

  /** What a work was asked for with. For who asked: it may say more than is for showing. Raises WorkNotFoundError. */
  async wishOf(id: string): Promise<{ readonly kind: string; readonly tenantId: string | null; readonly input: object }> {
    const [row] = await this.catalog.em
      .fork()
      .execute<{ kind: string; tenantId: string | null; input: string }[]>(
        'select kind, tenant_id as "tenantId", input::text from work where id = ?',
        [id],
      );
    if (!row) throw new WorkNotFoundError(id);
    return { ...row, input: JSON.parse(row.input) as object };
  }

  /**
   * The works of a kind that were asked for with this, whatever else was said, and have not ended; the oldest first. With `em` they stay as they
   * are until its transaction ends: none begins, and none ends.
   */
  async open({ name }: WorkPlan, input: object, em?: EntityManager): Promise<OpenWork[]> {
    return (em ?? this.catalog.em.fork()).execute<OpenWork[]>(
      `select id, key, state = 'running' and lease_until > clock_timestamp() as "isHeld" from work
       where kind = ? and state in ('queued', 'running') and input @> ?::jsonb order by id ${em ? 'for update' : ''}`,
      [name, JSON.stringify(input)],
    );
  }

  /** The works of a kind for a tenant, newest first. */
  ofTenant(tenantId: string, kind: string): Promise<WorkReport[]> {
    return this.#reports('where w.tenant_id = ? and w.kind = ? order by w.created_at desc limit 20', [tenantId, kind]);
  }

  /**
   * Works that need somebody, newest first: those that ended without being done, those that should have begun more than so many milliseconds ago,
   * and those that nobody has held for as long. Of an erased tenant nothing is wanted any more.
   */
  troubled(lateAfterMs: number, atMost: number): Promise<WorkReport[]> {
    return this.#reports(
      `where (w.state in ('failed', 'needs_human')
           or (w.state = 'queued' and w.due_at < clock_timestamp() - make_interval(secs => ?::float8 / 1000))
           or (w.state = 'running' and w.lease_until < clock_timestamp() - make_interval(secs => ?::float8 / 1000)))
         and not exists (select from tombstone t where t.tenant_id = w.tenant_id)
       order by w.created_at desc limit ?`,
      [lateAfterMs, lateAfterMs, atMost],
    );
  }

  /** Changes with `seq > after`, in their order. */
  async events(id: string, after: number): Promise<WorkEvent[]> {
    const rows = await this.catalog.em
      .fork()
      .execute<(Omit<WorkEvent, 'at'> & { at: string })[]>(
        'select seq, at::text, step, state, error from work_event where work_id = ? and seq > ? order by seq',
        [id, after],
      );
    return rows.map((row) => ({ ...row, at: new Date(row.at) }));
  }

  /**
   * Has a work taken back instead of going on; at once when it has not begun, else after the step under way. Too late is a cancellation when the
   * step `before` is done or under way. Raises WorkNotFoundError and WorkStateRefusedError.
   */
  async cancel(id: string, { before }: { readonly before?: string } = {}): Promise<void> {
    await this.catalog.em.fork().transactional(async (em) => {
      // Whoever runs the work holds its row while a step changes: what is read after this stays as it is.
      const [work] = await em.execute<{ state: WorkState }[]>('select state from work where id = ? for update', [id]);
      if (!work) throw new WorkNotFoundError(id);
      const [late] = await em.execute<object[]>(
        `select name from work_step where work_id = ? and name = ?::text and state in ('running', 'done')`,
        [id, before ?? null],
      );
      if (late || !['queued', 'running'].includes(work.state)) throw new WorkStateRefusedError(id, work.state);
      await em.execute('update work set is_cancelled = true, due_at = least(due_at, clock_timestamp()) where id = ?', [id]);
    });
    await this.rung(id);
  }

  /** Has a work tried again that was given up, in the direction it went. Raises WorkNotFoundError and WorkStateRefusedError. */
  async retry(id: string): Promise<void> {
    await this.#change(id, ['failed', 'needs_human'], `state = 'queued', failures = 0, finished_at = null, due_at = clock_timestamp()`);
    await this.rung(id);
  }

  async #change(id: string, from: readonly WorkState[], what: string): Promise<void> {
    const changed = await this.catalog.em
      .fork()
      .execute<{ id: string }[]>(`update work set ${what} where id = ? and state = any(?::text[]) returning id`, [id, textArray(from)]);
    if (changed.length === 0) throw new WorkStateRefusedError(id, (await this.report(id)).state);
  }

  /** The wish that is there already; it does not begin before this transaction ends, so what it does is done after the cause of this one. */
  async #held(em: EntityManager, { kind, key, once }: WorkWish): Promise<string | null> {
    const [known] = await em.execute<{ id: string }[]>(
      `select id from work where once = ?::text or (kind = ? and key = ?::text and state = 'queued' and attempt = 0) limit 1 for update`,
      [once ?? null, kind.name, key ?? null],
    );
    return known?.id ?? null;
  }

  async #reports(which: string, values: unknown[]): Promise<WorkReport[]> {
    const rows = await this.catalog.em.fork().execute<ReportRow[]>(
      `select w.id, w.kind, w.tenant_id, w.state, w.direction, w.attempt, w.error, w.created_at::text, w.finished_at::text,
         coalesce((select json_agg(json_build_object('name', s.name, 'state', s.state, 'startedAt', s.started_at,
           'finishedAt', s.finished_at, 'error', s.error) order by s.position) from work_step s where s.work_id = w.id), '[]')::text as steps
       from work w ${which}`,
      values,
    );
    return rows.map(reportOf);
  }
}

interface ReportRow extends Pick<WorkReport, 'id' | 'kind' | 'state' | 'direction' | 'attempt' | 'error'> {
  readonly tenant_id: string | null;
  readonly created_at: string;
  readonly finished_at: string | null;
  readonly steps: string;
}

function reportOf({ tenant_id: tenantId, created_at: createdAt, finished_at: finishedAt, steps, ...row }: ReportRow): WorkReport {
  const read = JSON.parse(steps) as (Omit<StepReport, 'startedAt' | 'finishedAt'> & {
    startedAt: string | null;
    finishedAt: string | null;
  })[];
  const at = (text: string | null): Date | null => (text === null ? null : new Date(text));
  return {
    ...row,
    tenantId,
    createdAt: new Date(createdAt),
    finishedAt: at(finishedAt),
    steps: read.map((step) => ({ ...step, startedAt: at(step.startedAt), finishedAt: at(step.finishedAt) })),
  };
}

/** A list as one parameter: the ORM would spread an array over many. */
function textArray(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
