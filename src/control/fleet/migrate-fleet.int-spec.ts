import { randomUUID } from 'node:crypto';
import { dropHome } from '#adapters/postgres/homes/home-turn.js';
import { identifier } from '#adapters/postgres/session.js';
import { RunStateRefusedError, RunUnderWayError } from '#catalog/fleet/fleet.errors.js';
import { targetOf, type Home, type HomeFilter } from '#catalog/fleet/home-ledger.js';
import { TenantsUnknownError } from '#control/fleet/fleet.errors.js';
import { RegionUnknownError } from '#control/provisioning/provisioning.errors.js';
import { RUN_DEFAULTS } from '#control/fleet/fleet-desk.js';
import type { FleetRelease } from '#testing/fleet/fleet-release.js';
import { step } from '#testing/fleet/migration-step.js';
import { FleetStage } from '#testing/fleet/fleet-stage.js';
import { NEXT_LINE, SMALL_LINE } from '#testing/fleet/small-line.js';

const NEWEST = '0002-colours';

describe('migrating a fleet', () => {
  let stage: FleetStage;
  let next: FleetRelease;
  let homes: Home[];

  beforeEach(async () => {
    stage = await FleetStage.open();
    homes = await stage.schemas(12);
    next = stage.release(NEXT_LINE);
  });
  afterEach(() => stage.close());

  const poison = (home: Home): Promise<unknown> =>
    stage.on((session) => session.query(`alter table ${identifier(home.home)}.note add column colour integer`));
  /** In the order of a run: the first are its canaries and its tenth, the last are with the rest. */
  const inOrder = (): Home[] => homes.toSorted((one, other) => (one.home < other.home ? -1 : 1));
  const names = (of: readonly Home[]): string[] => of.map(targetOf).sort();

  it('brings every home to the newest migration, once, and has nothing to do after that', async () => {
    const plan = await next.desk.plan({ ...RUN_DEFAULTS, canary: 2 });
    expect(plan.targets.filter(({ wave }) => wave === 1).map(({ tier }) => tier)).toEqual(['schema', 'schema']);
    expect(plan.steps.map(({ name }) => name)).toEqual([NEWEST]);
    const run = await next.migrate({ canary: 2 });
    expect(run).toMatchObject({ state: 'done', version: NEWEST, targets: { total: 13, migrated: 13, failed: 0, skipped: 0, pending: 0 } });
    expect([...(await stage.had(NEWEST)).keys()].sort()).toEqual([...homes.map(({ home }) => home), 'shared'].sort());
    expect((await next.desk.plan(RUN_DEFAULTS)).targets).toEqual([]);
    expect((await next.desk.status()).every(({ pending }) => pending.length === 0)).toBe(true);
    expect(await next.migrate()).toMatchObject({ state: 'done', targets: { total: 0 }, finishedAt: expect.any(Date) as Date });
    const events = await next.runs.events(run.id, 0);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.at(-1)).toMatchObject({ state: 'done', targets: { migrated: 13 } });
  });

  it('sends a step once, whatever the ledger remembers', async () => {
    // An index without a name: sent twice, there are two.
    const twice = stage.release([...SMALL_LINE, step(NEWEST, ['create index on note (text)'])]);
    const indexes = async (): Promise<unknown> =>
      stage.on(async (session) => {
        const { rows } = await session.query(
          `select count(*)::integer as all from pg_indexes where starts_with(indexname, 'note_text_idx')`,
        );
        return rows;
      });
    expect(await twice.migrate()).toMatchObject({ state: 'done', targets: { migrated: 13 } });
    expect(await indexes()).toEqual([{ all: 13 }]);
    await stage.tests.provisioning.ledger.correct([...homes, stage.shared].map((home) => ({ ...home, version: '0001-notes', needs: '' })));
    expect(await twice.migrate()).toMatchObject({ state: 'done', targets: { total: 13, migrated: 13 } });
    expect(await indexes()).toEqual([{ all: 13 }]);
  });

  it('reports one poisoned home of 200, with every other migrated, and tries it again when told to', async () => {
    homes.push(...(await stage.schemas(187)));
    const [broken] = homes as [Home];
    await poison(broken);
    const run = await next.migrate();
    expect(run).toMatchObject({ state: 'failed', targets: { total: 200, migrated: 199, failed: 1, pending: 0 } });
    expect(await next.targets(run.id, 'failed')).toMatchObject([
      { target: targetOf(broken), error: expect.stringContaining('already exists') as string },
    ]);
    expect((await stage.had(NEWEST)).size).toBe(199);
    await stage.on((session) => session.query(`alter table ${identifier(broken.home)}.note drop column colour`));
    const resumed = await next.desk.resume(run.id, [targetOf(broken)]);
    expect((await next.runs.events(run.id, 0)).at(-1)).toMatchObject({ state: 'running', targets: { failed: 0, pending: 1 } });
    const again = await next.drive(resumed);
    expect(again).toMatchObject({ state: 'done', targets: { migrated: 200, failed: 0 } });
  });

  it('stops when six have failed with a budget of five; the rest is untouched and listed, and goes on when told to', async () => {
    homes.push(...(await stage.schemas(187)));
    // The first by their names: they are among those that are begun with.
    const first = inOrder().slice(0, 6);
    for (const home of first) await poison(home);
    const run = await next.migrate({ maxFailures: { count: 5 }, concurrency: 1 });
    expect(run).toMatchObject({ state: 'stopped', version: NEWEST, targets: { failed: 6 } });
    const untouched = (await next.targets(run.id, 'pending')).map(({ target }) => target);
    expect([run.targets.pending, untouched.length > 100]).toEqual([untouched.length, true]);
    const had = await stage.had(NEWEST);
    expect(untouched.filter((target) => had.has(target.split('/').at(-1) ?? ''))).toEqual([]);
    await expect(next.desk.begin(RUN_DEFAULTS)).rejects.toThrow(RunUnderWayError);
    await expect(next.desk.pause(run.id)).rejects.toThrow(RunStateRefusedError);
    for (const { home } of first) await stage.on((session) => session.query(`alter table ${identifier(home)}.note drop column colour`));
    expect(await next.drive(await next.desk.resume(run.id))).toMatchObject({ state: 'done', targets: { migrated: 200 } });
  });

  it('begins nothing after the failure that is too much, also in the batch it was in and beside others', async () => {
    homes.push(...(await stage.schemas(87)));
    for (const home of [...homes, stage.shared]) await poison(home);
    const alone = await next.migrate({ maxFailures: { count: 2 }, concurrency: 1 });
    expect(alone).toMatchObject({ state: 'stopped', targets: { failed: 3, pending: 97 } });
    expect((await next.targets(alone.id, 'pending')).filter(({ tries }) => tries > 0)).toEqual([]);
    await next.desk.abort(alone.id);
    const beside = await next.migrate({ maxFailures: { percent: 5 }, concurrency: 4 });
    expect(beside).toMatchObject({ state: 'stopped' });
    // What the others were at is brought to its end.
    expect(beside.targets.failed).toBeGreaterThanOrEqual(6);
    expect(beside.targets.failed).toBeLessThanOrEqual(9);
  });

  it('is held up between two homes where a batch goes one by one, and says how far it is', async () => {
    const slow = stage.release([...NEXT_LINE, step('0003-slow', ['select pg_sleep(0.4)'])]);
    const begun = await slow.desk.begin({ ...RUN_DEFAULTS, canary: 0, concurrency: 1 });
    const driven = slow.drive(begun);
    // A tenth of them went together.
    while ((await slow.runs.report(begun.id)).targets.migrated < 4) await new Promise((resolve) => setTimeout(resolve, 20));
    const { migrated } = (await slow.desk.pause(begun.id)).targets;
    const held = await driven;
    expect(held).toMatchObject({ state: 'paused', targets: { failed: 0 } });
    expect(held.targets.migrated).toBeLessThanOrEqual(migrated + 2);
    expect((await stage.had('0003-slow')).size).toBe(held.targets.migrated);
    expect(await slow.drive(await slow.desk.resume(begun.id))).toMatchObject({ state: 'done', targets: { migrated: 13 } });
  });

  it('holds canaries against the reference before anybody else is touched, and what it could not is held when it goes on', async () => {
    const [first] = inOrder() as [Home];
    await stage.on((session) => session.query(`create index surplus on ${identifier(first.home)}.note (text)`));
    const run = await next.migrate({ canary: 1 });
    expect(run).toMatchObject({ state: 'stopped', wave: 1, targets: { migrated: 0, failed: 1, pending: 12 } });
    expect([...(await stage.had(NEWEST)).keys()]).toEqual([first.home]);
    await stage.on((session) => session.query(`drop index ${identifier(first.home)}.surplus`));
    const last = inOrder().at(-1)!;
    await stage.on((session) => session.query(`create index surplus on ${identifier(last.home)}.note (text)`));
    const end = await next.drive(await next.desk.resume(run.id));
    expect(end).toMatchObject({ state: 'failed', targets: { migrated: 12, failed: 1, pending: 0 } });
    expect(await next.targets(run.id, 'failed')).toMatchObject([
      { target: targetOf(last), error: expect.stringContaining('fleet.drifted') as string },
    ]);
  });

  it('stops at the first canary that fails, and nobody else is touched', async () => {
    const [first] = inOrder() as [Home];
    await poison(first);
    const run = await next.migrate({ canary: 1 });
    expect(run).toMatchObject({ state: 'stopped', wave: 1, targets: { migrated: 0, failed: 1, pending: 12 } });
    expect((await stage.had(NEWEST)).size).toBe(0);
    expect(await next.desk.abort(run.id)).toMatchObject({ state: 'aborted' });
    await expect(next.desk.resume(run.id)).rejects.toThrow(RunStateRefusedError);
  });

  it('takes up tenants that came while it ran', async () => {
    const begun = await next.desk.begin({ ...RUN_DEFAULTS, canary: 0 });
    const late = await stage.schemas(2);
    const run = await next.drive(begun);
    expect(run).toMatchObject({ state: 'done', targets: { total: 15, migrated: 15 } });
    expect([...(await stage.had(NEWEST)).keys()]).toEqual(expect.arrayContaining(late.map(({ home }) => home)));
  });

  it('pauses, goes on, and is one at a time', async () => {
    const begun = await next.desk.begin({ ...RUN_DEFAULTS, canary: 0 });
    await next.desk.pause(begun.id);
    expect(await next.drive(begun)).toMatchObject({ state: 'paused', targets: { migrated: 0 } });
    await expect(next.desk.begin(RUN_DEFAULTS)).rejects.toThrow(RunUnderWayError);
    expect(await next.drive(await next.desk.resume(begun.id))).toMatchObject({ state: 'done', targets: { migrated: 13 } });
  });

  it('tries a home again whose table is held, holds no reader up for long, and has it in the end', async () => {
    const [held] = homes as [Home];
    const table = `${identifier(held.home)}.note`;
    const lane = next.desk.begin({ ...RUN_DEFAULTS, canary: 0, lockTimeoutMs: 200 });
    const waits: number[] = [];
    const run = await stage.on(async (reader) => {
      await reader.query('begin');
      await reader.query(`select from ${table}`);
      const driven = next.drive(await lane);
      await stage.on(async (other) => {
        for (let count = 0; count < 20; count += 1) {
          const began = performance.now();
          await other.query(`select from ${table}`);
          waits.push(performance.now() - began);
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      });
      await reader.query('rollback');
      return driven;
    });
    expect(Math.max(...waits)).toBeLessThan(1_000);
    expect(run).toMatchObject({ state: 'done', targets: { migrated: 13 } });
    const told = (await next.runs.events(run.id, 0)).flatMap(({ failures }) => failures);
    expect(told).toEqual(
      expect.arrayContaining([{ target: targetOf(held), error: expect.stringContaining('55P03') as string, isTriedAgain: true }]),
    );
  });

  it('waits for whoever has the turn of a home, as who moves it does', async () => {
    const moved = inOrder().at(-1)!;
    const run = await stage.on(async (mover) => {
      await mover.query('select pg_advisory_lock(hashtext($1))', [`tenantry.home.${moved.home}`]);
      const driven = next.migrate();
      while ((await stage.had(NEWEST)).size < 12) await new Promise((resolve) => setTimeout(resolve, 50));
      expect((await stage.had(NEWEST)).has(moved.home)).toBe(false);
      await mover.query('select pg_advisory_unlock_all()');
      return driven;
    });
    expect(run).toMatchObject({ state: 'done', targets: { migrated: 13 } });
  });

  it('takes nothing away before every home has had what comes before it', async () => {
    const contracting = [
      ...NEXT_LINE,
      step('0003-no-text', ['alter table note drop column text'], { phase: 'contract', isBreaking: true }),
    ];
    const last = stage.release(contracting);
    const [one] = homes as [Home];
    expect(await last.migrate()).toMatchObject({ state: 'done', version: NEWEST, targets: { migrated: 13 } });
    await stage.tests.provisioning.ledger.correct([{ ...one, version: '0001-notes', needs: '' }]);
    expect(await last.desk.plan(RUN_DEFAULTS)).toMatchObject({ version: NEWEST, targets: [{ target: targetOf(one) }] });
    expect(await last.migrate()).toMatchObject({ state: 'done', version: NEWEST });
    expect(await last.migrate()).toMatchObject({ state: 'done', version: '0003-no-text', targets: { migrated: 13 } });
    const [known] = await last.desk.status();
    expect(known).toMatchObject({ version: '0003-no-text', pending: [] });
  });

  it('is left alone by a build that does not have its migrations, and done by one that has', async () => {
    const begun = await next.desk.begin({ ...RUN_DEFAULTS, canary: 0 });
    const [work = ''] = begun.works;
    await expect(stage.release(SMALL_LINE).driver.drive(work, AbortSignal.timeout(1_500))).rejects.toThrow();
    expect(await next.runs.report(begun.id)).toMatchObject({ state: 'running', targets: { migrated: 0, pending: 13 } });
    expect((await stage.tests.platform.works.report(work)).error).toContain('fleet.version-unknown');
    expect(await stage.catalog('select failures from work where id = ?', [work])).toEqual([{ failures: 0 }]);
    expect(await next.drive(begun)).toMatchObject({ state: 'done', targets: { migrated: 13 } });
  });

  it('does not take a home that is gone for one that is new', async () => {
    const [gone] = homes as [Home];
    await stage.on((session) => session.query(`drop schema ${identifier(gone.home)} cascade`));
    const run = await next.migrate();
    expect(await next.targets(run.id, 'failed')).toMatchObject([
      { target: targetOf(gone), error: expect.stringContaining('fleet.home-missing') as string },
    ]);
  });

  it('does not make it anew either, when another in its batch has each go by itself', async () => {
    const [gone, broken] = inOrder().slice(-2) as [Home, Home];
    await stage.on((session) => dropHome(session, gone.home));
    await poison(broken);
    const run = await next.migrate();
    expect(run).toMatchObject({ state: 'failed', targets: { migrated: 11, failed: 2 } });
    expect(await next.targets(run.id, 'failed')).toContainEqual(
      expect.objectContaining({ target: targetOf(gone), tries: 1, error: expect.stringContaining('fleet.home-missing') as string }),
    );
    const { rows } = await stage.on((session) => session.query('select to_regnamespace($1) as oid', [gone.home]));
    expect([rows, (await stage.had(NEWEST)).has(gone.home)]).toEqual([[{ oid: null }], false]);
  });

  it('knows what homes have had in which a later step failed', async () => {
    const broken = stage.release([...NEXT_LINE, step('0003-broken', ['select broken'], { isBreaking: true })]);
    const run = await broken.migrate({ maxFailures: { percent: 100 } });
    expect(run).toMatchObject({ state: 'failed', targets: { migrated: 0, failed: 13 } });
    const status = await broken.desk.status();
    expect(new Set(status.map(({ version, pending }) => `${version ?? ''}, lacks ${pending.join()}`))).toEqual(
      new Set([`${NEWEST}, lacks 0003-broken`]),
    );
  });

  it('is over at once when it is to go on with nothing', async () => {
    const [broken] = homes as [Home];
    await poison(broken);
    const run = await next.migrate();
    const names = [targetOf({ ...broken, home: 'nobody' })];
    const again = await next.desk.resume(run.id, names);
    expect([again.works, await next.runs.report(run.id)]).toMatchObject([[], { state: 'failed', targets: { migrated: 12, failed: 1 } }]);
    // As after the death of whoever kept the last of its targets.
    await stage.tests.platform.catalog.em.fork().execute(`update migration_run set state = 'running', failed = 0 where id = ?`, [run.id]);
    await stage.tests.platform.catalog.em.fork().execute(`delete from migration_target where run_id = ? and state = 'failed'`, [run.id]);
    await next.desk.resume(run.id);
    expect(await next.runs.report(run.id)).toMatchObject({ state: 'done' });
    expect((await next.desk.begin(RUN_DEFAULTS)).works).toHaveLength(1);
  });

  it('does not believe a home that had every step and is not as they leave it', async () => {
    const [drifted] = homes as [Home];
    await stage.on((session) => session.query(`create index surplus on ${identifier(drifted.home)}.note (text)`));
    const run = await next.migrate();
    expect(run).toMatchObject({ state: 'failed', targets: { migrated: 12, failed: 1 } });
    expect(await next.targets(run.id, 'failed')).toMatchObject([
      { target: targetOf(drifted), error: expect.stringContaining('fleet.drifted') as string },
    ]);
  });

  it('is told which homes it is about', async () => {
    const planned = async (filter: HomeFilter): Promise<string[]> =>
      (await next.desk.plan({ ...RUN_DEFAULTS, ...filter })).targets.map(({ target }) => target).sort();
    expect(await planned({ tier: 'row' })).toEqual([targetOf(stage.shared)]);
    expect(await planned({ tier: 'schema' })).toEqual(names(homes));
    const mine = (await next.desk.status({ tier: 'schema' })).slice(3, 5);
    expect(await planned({ tenants: mine.map(({ tenantId }) => String(tenantId)) })).toEqual(names(mine));
    expect(await planned({ tier: 'database', tenants: mine.map(({ tenantId }) => String(tenantId)) })).toEqual([]);
    const there = await stage.elsewhere('0001-notes');
    expect(await planned({ region: 'eu-west' })).toEqual(names([...homes, stage.shared]));
    const plan = await next.desk.plan({ ...RUN_DEFAULTS, region: 'us-east' });
    expect([plan.targets, plan.skipped.map(({ home }) => home.target)]).toEqual([[], [targetOf(there)]]);
    expect(await next.migrate({ tenants: [String(mine[0]?.tenantId)] })).toMatchObject({
      state: 'done',
      targets: { total: 1, migrated: 1 },
    });
    expect([...(await stage.had(NEWEST)).keys()]).toEqual([mine[0]?.home]);
  });

  it('is about nobody by mistake never', async () => {
    const stranger = randomUUID();
    await expect(next.desk.plan({ ...RUN_DEFAULTS, region: 'nowhere' })).rejects.toThrow(RegionUnknownError);
    await expect(next.desk.begin({ ...RUN_DEFAULTS, tenants: [stranger] })).rejects.toThrow(TenantsUnknownError);
    await expect(next.desk.status({ region: '' })).rejects.toThrow(RegionUnknownError);
    expect(await next.runs.latest()).toBeNull();
  });
});
