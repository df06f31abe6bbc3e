import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { pino } from 'pino';
import { WorkBook } from '#catalog/work/work-book.js';
import type { WorkDelivery, WorkRow } from '#catalog/work/work-row.js';
import { WorkStateRefusedError, WorkSupersededError } from '#catalog/work/work.errors.js';
import { PlatformSchedules } from '#control/work/platform-schedule.js';
import { WorkDriver } from '#control/work/work-driver.js';
import { UnrecoverableWorkError, type WorkKind, type WorkStep, type WorkTry } from '#control/work/work-kind.js';
import { WorkRunner } from '#control/work/work-runner.js';
import { Clock } from '#kernel/work/clock.js';
import { until } from '#testing/faults/until.js';
import { TestPlatform } from '#testing/test-platform.js';

interface Input {
  readonly who: string;
}

/** What its workers hold is over before they can renew it even once. */
class DeafBook extends WorkBook {
  override row(delivery: WorkDelivery): WorkRow {
    return Object.assign(super.row(delivery), { renew: () => Promise.resolve(true) });
  }
}

describe('a work of the platform', () => {
  let tests: TestPlatform;
  let book: WorkBook;
  let calls: string[];
  const log = pino({ level: 'silent' });

  beforeAll(async () => {
    tests = await TestPlatform.open();
    book = new WorkBook(tests.platform.catalog, () => undefined);
  });
  afterAll(() => tests.close());
  beforeEach(() => (calls = []));

  /** A step that notes its calls, and fails as often as it is told; a name with `!` has nothing to take back. */
  const step = (name: string, fails: { run?: Error[]; undo?: Error[] } = {}): WorkStep<Input> => ({
    name,
    run: async ({ who }, { done }) => {
      calls.push(`${who} ${name}`);
      const failure = fails.run?.shift();
      if (failure) throw failure;
      return { after: Object.keys(done).length };
    },
    ...(!name.endsWith('!') && {
      undo: async ({ who }) => {
        calls.push(`${who} -${name}`);
        const failure = fails.undo?.shift();
        if (failure) throw failure;
      },
    }),
  });
  const kindOf = (...steps: WorkStep<Input>[]): WorkKind<Input> => ({
    name: `specs.${randomBytes(6).toString('hex')}`,
    steps,
    attempts: 3,
    againAfterMs: () => 0,
  });
  const runnerOf = (kind: WorkKind<Input>, leaseMs = 5_000): WorkRunner =>
    new WorkRunner({ book, kinds: [kind], log, leaseMs, handBack: new AbortController().signal, later: () => undefined });
  const drive = async (kind: WorkKind<Input>, who = 'acme') => {
    const id = await book.ask({ kind, input: { who }, tenantId: randomUUIDv7() });
    return new WorkDriver(book, runnerOf(kind)).drive(id);
  };

  it('does its steps in their order, hands on what they gave, and tells each change', async () => {
    const kind = kindOf(step('one'), step('two!'));
    const [acme, globex] = [await drive(kind), await drive(kind, 'globex')];
    expect(calls).toEqual(['acme one', 'acme two!', 'globex one', 'globex two!']);
    expect(acme).toMatchObject({
      state: 'done',
      attempt: 1,
      steps: [
        { name: 'one', state: 'done' },
        { name: 'two!', state: 'done' },
      ],
    });
    expect(globex.id).not.toBe(acme.id);
    const events = await book.events(acme.id, 0);
    expect(events.map(({ step: name, state }) => `${name ?? ''} ${state}`.trim())).toEqual([
      ...['queued', 'running', 'one running', 'one done', 'two! running', 'two! done', 'done'],
    ]);
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await book.events(acme.id, 5)).toHaveLength(2);
  });

  it('tries a step again that failed, and does not do again what was done', async () => {
    const kind = kindOf(step('one'), step('two', { run: [new Error('not now'), new Error('nor now')] }));
    expect(await drive(kind)).toMatchObject({ state: 'done', attempt: 3 });
    expect(calls).toEqual(['acme one', 'acme two', 'acme two', 'acme two']);
  });

  it('takes back what was begun, the last first, when a step is given up', async () => {
    const failing = Array.from({ length: 3 }, () => new Error('never'));
    const report = await drive(kindOf(step('one'), step('two', { run: failing }), step('three')));
    expect(calls).toEqual(['acme one', 'acme two', 'acme two', 'acme two', 'acme -two', 'acme -one']);
    expect(report).toMatchObject({
      state: 'compensated',
      // Why is still said.
      steps: [{ state: 'undone' }, { state: 'undone', error: 'Error: never' }, { state: 'pending' }],
    });
    expect((await book.events(report.id, 0)).some(({ error }) => error?.includes('never'))).toBe(true);
  });

  it('takes back at once when trying again cannot help', async () => {
    await drive(kindOf(step('one'), step('two', { run: [new UnrecoverableWorkError('the name is taken')] })));
    expect(calls).toEqual(['acme one', 'acme two', 'acme -two', 'acme -one']);
  });

  it('has failed when there was nothing to take back, and can be tried again', async () => {
    const kind = kindOf(step('one!', { run: [new UnrecoverableWorkError('no')] }));
    const report = await drive(kind);
    expect(report).toMatchObject({ state: 'failed', error: 'work.unrecoverable: no' });
    await book.retry(report.id);
    expect(await new WorkDriver(book, runnerOf(kind)).drive(report.id)).toMatchObject({ state: 'done' });
  });

  it('takes back again what could not be taken back, then says that it needs somebody, and goes on when told to', async () => {
    const stuck = Array.from({ length: 4 }, () => new Error('stuck'));
    const kind = kindOf(step('one', { undo: stuck }), step('two', { run: [new UnrecoverableWorkError('no')] }));
    const report = await drive(kind);
    expect(report).toMatchObject({ state: 'needs_human', direction: 'backward' });
    expect(calls.filter((call) => call === 'acme -one')).toHaveLength(3);
    expect((await book.troubled(60_000, 100)).map(({ id }) => id)).toContain(report.id);
    await book.retry(report.id);
    expect(await new WorkDriver(book, runnerOf(kind)).drive(report.id)).toMatchObject({ state: 'compensated' });
  });

  it('is taken back when it is cancelled on its way, and cannot be cancelled after its end', async () => {
    const kind = kindOf(step('one'), { name: 'two', run: (_input, { id }: WorkTry) => book.cancel(id) }, step('three'));
    const report = await drive(kind);
    expect(report.state).toBe('compensated');
    expect(calls).toEqual(['acme one', 'acme -one']);
    await expect(book.cancel(report.id)).rejects.toThrow(WorkStateRefusedError);
  });

  it('goes to another when its worker gives no sign of life, and what the first still does is not kept', async () => {
    const held = Promise.withResolvers<undefined>();
    let runs = 0;
    const slow: WorkStep<Input> = {
      name: 'slow',
      run: async () => {
        runs += 1;
        if (runs > 1) return { by: 'second' };
        await held.promise;
        return { by: 'first' };
      },
    };
    const kind = kindOf(slow);
    const id = await book.ask({ kind, input: { who: 'acme' } });
    const deaf = new DeafBook(tests.platform.catalog, () => undefined);
    const stalled = new WorkRunner({
      book: deaf,
      kinds: [kind],
      log,
      leaseMs: 1,
      handBack: new AbortController().signal,
      later: () => undefined,
    });
    const first = stalled.run({ id, attempt: 1 });
    await until(async () => runs === 1 && (await book.due(1, id)).length === 1, 10_000);
    expect(await new WorkDriver(book, runnerOf(kind)).drive(id)).toMatchObject({ state: 'done', attempt: 2 });
    held.resolve(undefined);
    await first;
    const [kept] = await tests.platform.catalog.em
      .fork()
      .execute<{ result: object }[]>(`select result from work_step where work_id = ?`, [id]);
    expect(kept?.result).toEqual({ by: 'second' });
  });

  it('is one worker’s as long as its lease runs, and then another’s, whom the first disturbs no more', async () => {
    const kind = kindOf(step('one!'));
    const id = await book.ask({ kind, input: { who: 'acme' } });
    const [first, second] = [book.row({ id, attempt: 1 }), book.row({ id, attempt: 2 })];
    expect(await first.claim(60_000)).not.toBeNull();
    expect(await second.claim(60_000)).toBeNull();
    expect(await first.renew(1)).toBe(true);
    await until(async () => (await book.due(1, id)).length === 1, 5_000);
    expect(await second.claim(60_000)).not.toBeNull();
    const ending = { state: 'done', direction: 'forward', failures: 0, error: null } as const;
    await expect(first.move(null, () => ({ begin: { name: 'one!', place: 1, state: 'running' } }))).rejects.toThrow(WorkSupersededError);
    await expect(first.move({ name: 'one!', place: 1, state: 'done' }, () => ({ end: ending }))).rejects.toThrow(WorkSupersededError);
    expect(await first.renew(60_000)).toBe(false);
    await second.move(null, () => ({ end: ending }));
    expect(await book.report(id)).toMatchObject({ state: 'done', attempt: 2 });
  });

  it('is done once when it was wished for twice before it began, and again when it had begun', async () => {
    const kind = kindOf(step('one!'));
    const wish = { kind, input: { who: 'acme' }, key: 'customer-1' };
    const ids = await Promise.all([book.ask(wish), book.ask(wish), book.ask(wish)]);
    expect(new Set(ids).size).toBe(1);
    const other = await book.ask({ ...wish, input: { who: 'globex' }, key: 'customer-2' });
    await new WorkDriver(book, runnerOf(kind)).drive(ids[0]);
    const again = await book.ask(wish);
    expect(new Set([...ids, other, again]).size).toBe(3);
  });

  it('is late when it should have begun long ago, or when nobody has held it for long, and not while somebody is at it', async () => {
    const kind = kindOf(step('one'));
    const names = ['queued', 'held', 'let go'] as const;
    const ids = await Promise.all(names.map((who) => book.ask({ kind, input: { who }, tenantId: randomUUIDv7() })));
    const set = (id: string | undefined, what: string) =>
      tests.platform.catalog.em
        .fork()
        .execute(`update work set due_at = now() - interval '1 hour', ${what} where id = ? returning id`, [id]);
    await set(ids[0], `state = 'queued'`);
    await set(ids[1], `state = 'running', lease_until = now() + interval '1 minute'`);
    await set(ids[2], `state = 'running', lease_until = now() - interval '10 minutes'`);
    const troubled = (await book.troubled(300_000, 10_000)).map(({ id }) => id).filter((id) => ids.includes(id));
    expect(troubled.toSorted()).toEqual([ids[0], ids[2]].toSorted());
    for (const id of ids) await set(id, `state = 'done', finished_at = now()`);
  });

  it('is forgotten when it failed long ago and no tenant waits for it, and never when it needs somebody', async () => {
    const kind = kindOf(step('one'));
    const made = { ours: undefined, theirs: randomUUIDv7(), urgent: undefined };
    const ids: string[] = [];
    for (const tenantId of Object.values(made)) ids.push(await book.ask({ kind, input: { who: 'acme' }, ...(tenantId && { tenantId }) }));
    for (const [place, state] of ['failed', 'failed', 'needs_human'].entries())
      await tests.platform.catalog.em
        .fork()
        .execute(`update work set state = ?, finished_at = now() - interval '91 days' where id = ? returning id`, [state, ids[place]]);
    await book.trim(90);
    const left = await Promise.all(
      ids.map((id) =>
        book.report(id).then(
          ({ state }) => state,
          () => 'forgotten',
        ),
      ),
    );
    expect(left).toEqual(['forgotten', 'failed', 'needs_human']);
    for (const id of ids.slice(1)) await tests.platform.catalog.em.fork().execute('delete from work where id = ? returning id', [id]);
  });

  it('is not kept when its cause is not', async () => {
    const kind = kindOf(step('one!'));
    const givenUp = tests.platform.catalog.em.fork().transactional(async (em) => {
      await book.enqueue(em, { kind, input: { who: 'acme' }, once: `${kind.name}@1` });
      throw new RangeError('given up');
    });
    await expect(givenUp).rejects.toThrow(RangeError);
    const [count] = await tests.platform.catalog.em
      .fork()
      .execute<{ n: string }[]>('select count(*)::text as n from work where kind = ?', [kind.name]);
    expect(count?.n).toBe('0');
  });

  it('of a schedule is asked for once a slot, by however many processes', async () => {
    const kind = kindOf(step('one!'));
    const clock = new Clock();
    const schedule = { name: kind.name, kind, every: { milliseconds: 3_600_000 } } as const;
    const askers = [1, 2, 3].map(() => new PlatformSchedules([schedule], book, clock));
    const asked = async (): Promise<number> => {
      await Promise.all(askers.map((asker) => asker.ask()));
      const rows = await tests.platform.catalog.em.fork().execute<unknown[]>('select id from work where kind = ?', [kind.name]);
      return rows.length;
    };
    const now = Date.now();
    clock.now = () => new Date(now);
    expect([await asked(), await asked()]).toEqual([1, 1]);
    clock.now = () => new Date(now + 3_600_000);
    expect(await asked()).toBe(2);
  });
});
