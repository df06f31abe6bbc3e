import { setTimeout as wait } from 'node:timers/promises';
import { targetOf, type Home } from '#catalog/fleet/home-ledger.js';
import { WorkBook } from '#catalog/work/work-book.js';
import { RUN_DEFAULTS, type BegunRun } from '#control/fleet/fleet-desk.js';
import { RunLeftError, VersionUnknownError } from '#control/fleet/fleet.errors.js';
import type { Cluster } from '#control/provisioning/cluster.js';
import { MIGRATE_SERVER } from '#control/fleet/lane-plan.js';
import { bringFleet, type BroughtFleet } from '#main/bring-fleet.js';
import { driveRun, type FleetSeat } from '#main/fleet-driver.js';
import { FleetRelease } from '#testing/fleet/fleet-release.js';
import { FleetStage } from '#testing/fleet/fleet-stage.js';
import { NEXT_LINE, SMALL_LINE } from '#testing/fleet/small-line.js';

const NEWEST = '0002-colours';
const HOMES = 6;
const ALL = HOMES + 1;

describe('bringing the fleet along when a process starts', () => {
  let stage: FleetStage;
  let next: FleetRelease;
  let homes: Home[];

  beforeEach(async () => {
    stage = await FleetStage.open();
    homes = await stage.schemas(HOMES);
    next = stage.release(NEXT_LINE);
  });
  afterEach(() => stage.close());

  const seatOf = ({ desk }: FleetRelease): FleetSeat => ({ ...stage.tests.platform, fleet: desk });
  const bring = (release = next): Promise<BroughtFleet> => bringFleet(seatOf(release), release.hands);
  const begin = (wish = {}): Promise<BegunRun> => next.desk.begin({ ...RUN_DEFAULTS, canary: 0, ...wish });
  const poison = (home: Home): Promise<unknown> =>
    stage.on((session) => session.query(`alter table "${home.home}".note add column colour integer`));
  const runs = async (): Promise<number> => (await next.runs.list(100)).length;

  it('brings everybody, says who could not be brought, and has nothing to do when all are there', async () => {
    await poison(homes[0]!);
    const first = await bring();
    expect(first).toMatchObject({ targets: { total: ALL, migrated: HOMES, failed: 1 } });
    expect(first.failures).toEqual([{ target: targetOf(homes[0]!), error: expect.stringContaining('already exists') as string }]);
    await stage.on((session) => session.query(`alter table "${homes[0]!.home}".note drop column colour`));
    expect(await bring()).toMatchObject({ targets: { total: 1, migrated: 1 }, failures: [] });
    expect(await bring()).toEqual({ run: null, targets: { total: 0, migrated: 0, failed: 0, skipped: 0, pending: 0 }, failures: [] });
    expect(await runs()).toBe(2);
  });

  it('sees a run that was left to its end, and begins none beside it', async () => {
    const { id } = await begin();
    expect(await bring()).toMatchObject({ run: id, targets: { migrated: ALL, pending: 0 }, failures: [] });
    expect(await runs()).toBe(1);
  });

  it('leaves a run to whoever holds it up', async () => {
    const { id } = await begin();
    await next.desk.pause(id);
    const { failures } = await bring();
    expect(failures).toEqual([{ target: 'fleet', error: expect.stringContaining(`${id} is left to others: it is paused`) as string }]);
    expect((await stage.had(NEWEST)).size).toBe(0);
  });

  it('begins none after a run that somebody ended while it went on with it', async () => {
    const { id } = await begin();
    let brought: Promise<BroughtFleet> | undefined;
    await stage.keeping(homes.at(-1)!, async () => {
      brought = bring();
      await stage.until(NEWEST, ALL - 1);
      await next.desk.abort(id);
    });
    expect(await brought).toMatchObject({ run: id, failures: [{ error: expect.stringContaining('it was aborted') as string }] });
    expect(await runs()).toBe(1);
  });

  it('reports a run that is stopped by its failures while it goes on with it, and does not die of it', async () => {
    for (const home of homes.slice(0, 3)) await poison(home);
    const { id } = await begin({ maxFailures: { count: 1 }, concurrency: 1 });
    const brought = await bring();
    expect(brought).toMatchObject({ run: id, targets: { failed: 2 } });
    expect(brought.failures).toEqual([{ target: 'fleet', error: expect.stringContaining('it is stopped') as string }]);
    expect(await runs()).toBe(1);
  });

  it('leaves a run to the build that has its migrations', async () => {
    const { id } = await begin();
    const old = stage.release(SMALL_LINE);
    const brought = await bring(old);
    expect(brought.failures).toEqual([{ target: 'fleet', error: expect.stringContaining('this build does not have') as string }]);
    await expect(driveRun(seatOf(old), old.hands, await next.desk.join(id), () => undefined)).rejects.toThrow(VersionUnknownError);
    expect(await next.runs.report(id)).toMatchObject({ state: 'running', targets: { pending: ALL } });
  });

  it('leaves a run to those who know its servers', async () => {
    const { id } = await begin();
    const clusters = { ...stage.tests.provisioning.clusterBook, all: () => Promise.resolve([]) };
    const brought = await bring(new FleetRelease({ catalog: stage.tests.platform.catalog, clusters }, NEXT_LINE));
    expect(brought.failures).toEqual([
      { target: 'fleet', error: expect.stringContaining(`not known here: ${stage.shared.cluster}`) as string },
    ]);
    expect(await next.runs.report(id)).toMatchObject({ state: 'running', targets: { pending: ALL } });
  });

  it('is beside a run that is being worked on without touching what failed in it, or a lane more', async () => {
    await poison(homes[0]!);
    const begun = await begin();
    let driven: Promise<unknown> | undefined;
    let brought: Promise<BroughtFleet> | undefined;
    await stage.keeping(homes.at(-1)!, async () => {
      driven = next.drive(begun);
      await stage.until(NEWEST, ALL - 2);
      brought = bring();
      await wait(500);
      expect((await next.targets(begun.id, 'failed')).map(({ target }) => target)).toEqual([targetOf(homes[0]!)]);
      expect(await stage.tests.platform.works.open(MIGRATE_SERVER, { run: begun.id })).toMatchObject([
        { id: begun.works[0], isHeld: true },
      ]);
    });
    expect(await driven).toMatchObject({ state: 'failed', targets: { migrated: ALL - 1, failed: 1 } });
    // Only then it tries by itself what is still behind.
    expect(await brought).toMatchObject({ targets: { total: 1, failed: 1 } });
    expect(await runs()).toBe(2);
  });

  it('is done by several at once', async () => {
    const brought = await Promise.all([bring(), bring(stage.release(NEXT_LINE)), bring(stage.release(NEXT_LINE))]);
    expect(brought.flatMap(({ failures }) => failures)).toEqual([]);
    expect((await stage.had(NEWEST)).size).toBe(ALL);
    expect(await runs()).toBe(1);
  });
});

describe('driving a run', () => {
  let stage: FleetStage;
  let next: FleetRelease;
  let begun: BegunRun;

  beforeEach(async () => {
    stage = await FleetStage.open();
    next = stage.release(NEXT_LINE);
    begun = await next.desk.begin({ ...RUN_DEFAULTS, canary: 0 });
  });
  afterEach(() => stage.close());

  const drive = (works = stage.tests.platform.works, signal = AbortSignal.timeout(20_000)) =>
    driveRun({ ...stage.tests.platform, works, fleet: next.desk }, next.hands, begun, () => undefined, signal);

  it('goes on when the connection to the catalog breaks', async () => {
    const works = new WorkBook(stage.tests.platform.catalog, () => undefined);
    let breaks = 0;
    const due = works.due.bind(works);
    works.due = (...asked) => ((breaks += 1) > 2 ? due(...asked) : Promise.reject(new Error('Connection terminated unexpectedly')));
    expect([await drive(works), breaks > 2]).toMatchObject([{ state: 'done', targets: { migrated: 1 } }, true]);
  });

  it('says that a run is left when its work was given up', async () => {
    await stage.catalog(`update work set state = 'failed', error = 'given up' where id = ?`, [begun.works[0]]);
    await expect(drive()).rejects.toThrow(RunLeftError);
    expect(await next.runs.report(begun.id)).toMatchObject({ state: 'running' });
  });

  it('works on what nobody works on any more', async () => {
    await stage.catalog(`update work set state = 'done' where id = ?`, [begun.works[0]]);
    expect(await drive()).toMatchObject({ state: 'done', targets: { migrated: 1 } });
  });

  it('works on a server that joined it, and leaves one that it does not know to a later run', async () => {
    const [known] = stage.tests.provisioning.clusters as [Cluster];
    const homes = await stage.schemas(2);
    const database = new URL(String(stage.settings['CATALOG_DATABASE_URL'])).pathname.slice(1);
    await stage.onDatabase(database, async (catalog) => {
      for (const [index, name] of ['joined', 'unknown'].entries()) {
        await catalog.query('insert into cluster (name, region) select $1, region from cluster where name = $2', [name, known.name]);
        await catalog.query('update placement set cluster = $1 where schema = $2', [name, homes[index]!.home]);
        await catalog.query('update home_version set cluster = $1 where home = $2', [name, homes[index]!.home]);
      }
    });
    const clusters = {
      all: () => Promise.resolve([known, { ...known, name: 'joined' }]),
      named: (name: string) => Promise.resolve({ ...known, name }),
    };
    const release = new FleetRelease({ catalog: stage.tests.platform.catalog, clusters }, NEXT_LINE);
    const seat = { ...stage.tests.platform, fleet: release.desk };
    const run = await driveRun(seat, release.hands, begun, () => undefined, AbortSignal.timeout(20_000));
    expect(run).toMatchObject({ state: 'done', targets: { total: 2, migrated: 2 } });
    expect((await stage.had(NEWEST)).has(homes[1]!.home)).toBe(false);
  });

  it('ends with its signal, hands back what it had under way, and the run goes on where somebody works on it', async () => {
    await stage.keeping(stage.shared, async () => {
      await expect(drive(undefined, AbortSignal.timeout(500))).rejects.toThrow();
      const open = await stage.tests.platform.works.open(MIGRATE_SERVER, { run: begun.id });
      expect(open).toMatchObject([{ isHeld: false }]);
    });
    expect(await drive()).toMatchObject({ state: 'done', targets: { migrated: 1 } });
  });
});
