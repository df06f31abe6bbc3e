import { targetOf, type Home } from '#catalog/fleet/home-ledger.js';
import type { RunReport } from '#catalog/fleet/migration-run.js';
import { RUN_DEFAULTS } from '#control/fleet/fleet-desk.js';
import type { Cluster } from '#control/provisioning/cluster.js';
import { until } from '#testing/faults/until.js';
import { FleetRelease } from '#testing/fleet/fleet-release.js';
import { step } from '#testing/fleet/migration-step.js';
import { FleetStage } from '#testing/fleet/fleet-stage.js';
import { NEXT_LINE, SMALL_LINE } from '#testing/fleet/small-line.js';

const NEWEST = '0002-colours';
const OTHER = 'fleet-spec-other';

describe('how far a run goes', () => {
  let stage: FleetStage;
  let next: FleetRelease;

  beforeEach(async () => {
    stage = await FleetStage.open();
    next = stage.release(NEXT_LINE);
  });
  afterEach(() => stage.close());

  const schemas = (count: number): Promise<Home[]> => stage.schemas(count);
  const poison = (homes: readonly Home[]): Promise<unknown> =>
    stage.on((session) => session.query(homes.map(({ home }) => `alter table "${home}".note add column colour integer`).join(';\n')));

  it('is a share of its homes, when that is its budget', async () => {
    await poison(await schemas(29));
    expect(await next.migrate({ concurrency: 1, maxFailures: { percent: 10 } })).toMatchObject({
      state: 'stopped',
      targets: { total: 30, failed: 4 },
    });
  });

  it('is all of them with a budget of all', async () => {
    const homes = await schemas(9);
    await poison(homes);
    expect(await next.migrate({ maxFailures: { percent: 100 } })).toMatchObject({
      state: 'failed',
      targets: { total: 10, migrated: 1, failed: 9 },
    });
  });

  it.each([
    ['pause', 'paused'],
    ['abort', 'aborted'],
  ] as const)('is what is under way when somebody says %s', async (what, state) => {
    await schemas(6);
    const begun = await next.desk.begin({ ...RUN_DEFAULTS, canary: 0 });
    let driven: Promise<RunReport> | undefined;
    await stage.keeping(stage.shared, async () => {
      driven = next.drive(begun);
      while ((await stage.catalog(`select from migration_target where state = 'running'`)).length === 0);
      expect(await next.desk[what](begun.id)).toMatchObject({ state, targets: { migrated: 0, pending: 7 } });
    });
    expect(await driven).toMatchObject({ state, targets: { migrated: 1, pending: 6 } });
    expect([...(await stage.had(NEWEST)).keys()]).toEqual([stage.shared.home]);
    if (what === 'pause')
      expect(await next.drive(await next.desk.resume(begun.id))).toMatchObject({ state: 'done', targets: { migrated: 7 } });
  });

  it('is known of a home while the next is still waited for', async () => {
    const [, last] = (await schemas(2)) as [Home, Home];
    const long = stage.release([...SMALL_LINE, step(NEWEST, ['alter table note add column colour text'], { isLong: true })]);
    const begun = await long.desk.begin({ ...RUN_DEFAULTS, canary: 0, concurrency: 1 });
    let driven: Promise<RunReport> | undefined;
    await stage.keeping(last, async () => {
      driven = long.drive(begun);
      await until(async () => (await long.runs.report(begun.id)).targets.migrated === 2, 10_000);
    });
    expect(await driven).toMatchObject({ state: 'done', targets: { migrated: 3 } });
  });

  it('is past tenants that were erased since it began, canaries among them', async () => {
    const [first, second, lost] = (await schemas(12)) as [Home, Home, Home];
    const begun = await next.desk.begin({ ...RUN_DEFAULTS, canary: 1 });
    for (const { home } of [first, second, lost]) await stage.on((session) => session.query(`drop schema "${home}" cascade`));
    await stage.catalog(
      `insert into tenant_retention (tenant_id, cancelled_at, due_at, state)
       select tenant_id, now(), now(), 'erasing' from placement where schema = ?`,
      [first.home],
    );
    await stage.catalog('delete from placement where schema = ?', [second.home]);
    const run = await next.drive(begun);
    expect(run).toMatchObject({ state: 'failed', targets: { total: 13, migrated: 10, failed: 1, skipped: 2, pending: 0 } });
    expect(await next.targets(run.id, 'skipped')).toMatchObject(
      [first, second].map((home) => ({ target: targetOf(home), error: 'it is gone: its tenant was erased' })),
    );
    expect(await next.targets(run.id, 'failed')).toMatchObject([
      { target: targetOf(lost), error: expect.stringContaining('fleet.home-missing') as string },
    ]);
    const told = (await next.runs.events(run.id, 0)).flatMap(({ failures }) => failures.map(({ target }) => target));
    expect(told).toEqual([targetOf(lost)]);
  });

  it('is two servers, each in a lane of its own, and a server that is away is waited for', async () => {
    const homes = await schemas(12);
    const there = homes.slice(6);
    const [known] = stage.tests.provisioning.clusters as [Cluster];
    await stage.onDatabase(new URL(String(stage.settings['CATALOG_DATABASE_URL'])).pathname.slice(1), async (catalog) => {
      await catalog.query('insert into cluster (name, region) select $1, region from cluster where name = $2', [OTHER, known.name]);
      const moved = [OTHER, there.map(({ home }) => home)];
      await catalog.query('update placement set cluster = $1 where schema = any($2)', moved);
      await catalog.query('update home_version set cluster = $1 where home = any($2)', moved);
    });
    let isAway = true;
    let asked = 0;
    // Its lane begins with knowing it; the sessions after that are what is not had.
    const named = (name: string): Promise<Cluster> =>
      name === OTHER && isAway && (asked += 1) > 1
        ? Promise.reject(new Error('Connection terminated unexpectedly'))
        : Promise.resolve({ ...known, name });
    const clusters = { named, all: () => Promise.resolve([known, { ...known, name: OTHER }]) };
    const release = new FleetRelease({ catalog: stage.tests.platform.catalog, clusters }, NEXT_LINE);
    const begun = await release.desk.begin({ ...RUN_DEFAULTS, canary: 0 });
    expect(begun.works).toHaveLength(2);
    const driven = release.drive(begun);
    while ((await stage.catalog(`select from migration_target where cluster = ? and error is not null`, [OTHER])).length < there.length);
    isAway = false;
    expect(await driven).toMatchObject({ state: 'done', targets: { total: 13, migrated: 13, failed: 0 } });
    expect((await stage.had(NEWEST)).size).toBe(13);
    const events = await release.runs.events(begun.id, 0);
    expect(events.filter((event) => event.state === 'done')).toHaveLength(1);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  });
});
