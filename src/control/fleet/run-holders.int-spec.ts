import { setTimeout as wait } from 'node:timers/promises';
import { RunStateRefusedError, RunUnderWayError } from '#catalog/fleet/fleet.errors.js';
import type { RunReport } from '#catalog/fleet/migration-run.js';
import type { TargetOutcome } from '#catalog/fleet/record-outcomes.js';
import { RunTargets, type ClaimedTarget } from '#catalog/fleet/run-targets.js';
import { targetOf, type Home } from '#catalog/fleet/home-ledger.js';
import { RUN_DEFAULTS, type BegunRun } from '#control/fleet/fleet-desk.js';
import { MIGRATE_SERVER } from '#control/fleet/lane-plan.js';
import { ClusterUnknownError } from '#control/provisioning/provisioning.errors.js';
import { FleetRelease } from '#testing/fleet/fleet-release.js';
import { FleetStage } from '#testing/fleet/fleet-stage.js';
import { NEXT_LINE } from '#testing/fleet/small-line.js';

const NEWEST = '0002-colours';
const HOMES = 6;
const ALL = HOMES + 1;

describe('who works on a run', () => {
  let stage: FleetStage;
  let next: FleetRelease;
  let homes: Home[];

  beforeEach(async () => {
    stage = await FleetStage.open();
    homes = await stage.schemas(HOMES);
    next = stage.release(NEXT_LINE);
  });
  afterEach(() => stage.close());

  const begin = (): Promise<BegunRun> => next.desk.begin({ ...RUN_DEFAULTS, canary: 0 });
  const works = () => stage.tests.platform.works;
  /** A try of a run's only lane that has its lease for so long, and the targets for it. */
  const holder = async ({ id, works: [work = ''] }: BegunRun, attempt: number, leaseMs: number): Promise<RunTargets> => {
    expect(await works().row({ id: work, attempt }).claim(leaseMs)).not.toBeNull();
    const lane = { run: id, cluster: stage.shared.cluster, holder: `${work}:${String(attempt)}` };
    return new RunTargets(stage.tests.platform.catalog, lane);
  };
  const held = async (run: string): Promise<number> =>
    (await stage.catalog('select from migration_target where run_id = ? and holder is not null', [run])).length;
  /** A run that does not come to its end in time is ended: what blocks it is to be told and not waited for. */
  const drive = async ({ id, works: lanes }: BegunRun): Promise<RunReport> => {
    const late = setTimeout(() => void next.desk.abort(id).catch(() => undefined), 10_000);
    await Promise.all(lanes.map((work) => next.driver.drive(work))).finally(() => clearTimeout(late));
    return next.runs.report(id);
  };

  it('gets nothing, and keeps nothing, once overtaken; who comes after is held up by nothing of it', async () => {
    const begun = await begin();
    await stage.catalog('update migration_target set wave = (select wave from migration_run where id = run_id)');
    const old = await holder(begun, 1, 300);
    const [mine] = await old.claim(1, 1);
    expect(mine).toBeDefined();
    await wait(400);
    const fresh = await holder(begun, 2, 20_000);
    expect([await old.claim(10, 1), await held(begun.id)]).toEqual([[], 1]);
    await fresh.takeOver();
    await old.takeOver();
    const theirs = await fresh.claim(10, 1);
    expect(theirs.map(({ target }) => target).toSorted()).toEqual([...homes, stage.shared].map(targetOf).toSorted());
    const at = { version: NEWEST, needs: '' };
    const migrated = ({ target, cluster, database, home }: ClaimedTarget): TargetOutcome => ({
      ...{ target, state: 'migrated', seen: { cluster, database, home, ...at } },
    });
    expect(await old.record([migrated(mine!)])).toBe(false);
    await old.takeOver();
    expect((await stage.tests.provisioning.ledger.homes()).map(({ version }) => version)).not.toContain(NEWEST);
    expect(await next.runs.events(begun.id, 0)).toHaveLength(1);
    expect([await next.runs.report(begun.id), await held(begun.id)]).toMatchObject([{ targets: { migrated: 0 } }, theirs.length]);
    // As a process of before the events of a run were counted tells of it.
    await stage.catalog(
      `insert into migration_run_event (run_id, seq, what) select run_id, seq + 1, what from migration_run_event where run_id = ?`,
      [begun.id],
    );
    expect(await fresh.record(theirs.map(migrated))).toBe(true);
    expect((await next.runs.events(begun.id, 0)).map(({ seq, targets }) => [seq, targets.migrated])).toEqual([
      [1, 0],
      [2, 0],
      [3, theirs.length],
    ]);
    expect(await old.claimMigrated(10)).toEqual([]);
    expect(await fresh.claimMigrated(10)).toHaveLength(theirs.length);
    expect(await next.runs.report(begun.id)).toMatchObject({ targets: { migrated: theirs.length } });
    // All of them find nothing left before the first has ended it.
    await fresh.record(theirs.map(({ target }) => ({ target, state: 'checked' })));
    const ends = await Promise.all(Array.from({ length: 6 }, () => fresh.standing(() => Promise.resolve([]))));
    expect(new Set(ends)).toEqual(new Set(['over']));
    expect((await next.runs.events(begun.id, 0)).filter(({ state }) => state === 'done')).toHaveLength(1);
  });

  it('is given small databases by their share, and never many at once', async () => {
    const begun = await begin();
    await stage.catalog(`update migration_target set database = home, wave = (select wave from migration_run where id = run_id)`);
    const mine = await holder(begun, 1, 20_000);
    const given = async (lanes: number): Promise<number> => (await mine.claim(50, lanes)).length;
    expect([await given(4), await given(4), await given(3)]).toEqual([2, 2, 1]);
    await stage.catalog(`update migration_target set state = 'pending', holder = null`);
    expect([await given(1), await given(1)]).toEqual([5, 2]);
    await stage.catalog(`update migration_target set state = 'pending', holder = null, database = 'one'`);
    expect([await given(4), await given(1)]).toEqual([2, ALL - 2]);
    // Each lane its own database first, however many homes are behind the last.
    const own = `{${homes
      .slice(0, 3)
      .map(({ home }) => home)
      .join(',')}}`;
    await stage.catalog(
      `update migration_target set state = 'pending', holder = null, database = case when home = any(?::text[]) then home else 'z' end`,
      [own],
    );
    expect([await given(4), await given(3), await given(2)]).toEqual([1, 1, 1]);
    expect(await given(1)).toBe(ALL - 3);
  });

  it('goes on past one that is tried again and again, unless it is a canary, and ends no run without it', async () => {
    const begun = await begin();
    const [late = '', ...others] = [...homes, stage.shared].map(targetOf);
    const mine = await holder(begun, 1, 20_000);
    const [wave, setWave] = [
      'update migration_run set wave = ? where id = ?',
      'update migration_target set wave = ?, tries = ? where target = ?',
    ];
    const standing = (): Promise<string> => mine.standing(() => Promise.resolve([]));
    const standsAt = async (first: number, tries: number): Promise<string> => {
      await stage.catalog(wave, [first, begun.id]);
      await stage.catalog(setWave, [first, tries, late]);
      return standing();
    };
    await stage.catalog(`update migration_target set wave = 3`);
    await stage.catalog(`update migration_target set due_at = clock_timestamp() + interval '1 hour' where target = ?`, [late]);
    expect([await standsAt(1, 9), await standsAt(2, 3), await standsAt(2, 4)]).toEqual(['waiting', 'waiting', 'claim']);
    const theirs = await mine.claim(50, 1);
    expect(theirs.map(({ target }) => target).toSorted()).toEqual(others.toSorted());
    await mine.record(theirs.map(({ target }) => ({ target, state: 'migrated' })));
    await mine.claimMigrated(50);
    await mine.record(theirs.map(({ target }) => ({ target, state: 'checked' })));
    expect(await standing()).toBe('waiting');
    await stage.catalog('update migration_target set due_at = now() where target = ?', [late]);
    expect((await mine.claim(50, 4)).map(({ target }) => target)).toEqual([late]);
  });

  it('takes back also later what an overtaken holder was still given', async () => {
    const begun = await begin();
    const [late] = homes.slice(-1) as [Home];
    const [, checked] = homes as [Home, Home];
    await holder(begun, 1, 1);
    await stage.catalog(`update migration_target set due_at = clock_timestamp() + interval '1 hour' where target = ?`, [targetOf(late)]);
    await wait(20);
    const driven = drive(begun);
    await stage.until(NEWEST, ALL - 1);
    // As when its claim was on the way to the catalog while another began.
    const dead = `${String(begun.works[0])}:1`;
    await stage.catalog(`update migration_target set state = 'running', holder = ?, due_at = now() where target = ?`, [
      dead,
      targetOf(late),
    ]);
    await stage.catalog(`update migration_target set holder = ?, is_checked = false where target = ?`, [dead, targetOf(checked)]);
    expect(await driven).toMatchObject({ state: 'done', targets: { migrated: ALL, pending: 0 } });
    expect(await held(begun.id)).toBe(0);
  });

  it('leaves a server that its process does not know to a process that does', async () => {
    const begun = await begin();
    const unknown = { all: () => Promise.resolve([]), named: (name: string) => Promise.reject(new ClusterUnknownError(name)) };
    const stranger = new FleetRelease({ catalog: stage.tests.platform.catalog, clusters: unknown }, NEXT_LINE);
    await expect(stranger.driver.drive(begun.works[0]!, AbortSignal.timeout(1_500))).rejects.toThrow();
    expect(await next.runs.report(begun.id)).toMatchObject({ state: 'running', targets: { migrated: 0, failed: 0, pending: ALL } });
    expect((await works().report(begun.works[0]!)).error).toContain('provisioning.cluster-unknown');
    expect(await drive(begun)).toMatchObject({ state: 'done', targets: { migrated: ALL } });
  });

  it('is asked by nobody to begin anew, and is beside nobody else on its server', async () => {
    const [broken, last] = [homes[0]!, homes.at(-1)!];
    await stage.on((session) => session.query(`alter table "${broken.home}".note add column colour integer`));
    const begun = await begin();
    const [lane = ''] = begun.works;
    let driven: Promise<unknown> = Promise.resolve();
    let second = driven;
    let told: string | null = null;
    await stage.keeping(last, async () => {
      driven = drive(begun);
      await stage.until(NEWEST, ALL - 2);
      await expect(next.desk.resume(begun.id)).rejects.toThrow(RunStateRefusedError);
      expect(await next.desk.join(begun.id)).toEqual(begun);
      expect((await next.targets(begun.id, 'failed')).map(({ target }) => target)).toEqual([targetOf(broken)]);
      // Held up and gone on with while the last home is still under way: another comes after who is at it, and not beside it.
      await next.desk.pause(begun.id);
      const again = await next.desk.resume(begun.id, []);
      expect(again.works).not.toContain(lane);
      second = drive(again);
      for (let looks = 0; looks < 200 && told === null; looks += 1) {
        await wait(20);
        told = (await works().report(again.works[0]!)).error;
      }
    });
    // Whichever of them is at it then.
    await Promise.all([driven, second]);
    expect(told).toContain('fleet.lane-taken');
    expect(await next.runs.report(begun.id)).toMatchObject({ state: 'failed', targets: { migrated: ALL - 1, failed: 1 } });
  });

  it('is the same lane as long as nobody has begun with it', async () => {
    const begun = await begin();
    await next.desk.pause(begun.id);
    expect(await next.desk.resume(begun.id)).toEqual(begun);
    expect(await next.desk.resume(begun.id)).toEqual(begun);
    expect(await works().open(MIGRATE_SERVER, { run: begun.id })).toMatchObject([{ id: begun.works[0], isHeld: false }]);
    await holder(begun, 1, 1);
    await wait(20);
    // Whoever had it is dead.
    expect(await drive(await next.desk.resume(begun.id))).toMatchObject({ state: 'done', targets: { migrated: ALL } });
  });
});

describe('which run may go on', () => {
  let stage: FleetStage;
  beforeAll(async () => {
    stage = await FleetStage.open();
  });
  afterAll(() => stage.close());

  const ended = async (): Promise<string> => {
    const { desk } = stage.release(NEXT_LINE);
    const { id } = await desk.begin({ ...RUN_DEFAULTS, canary: 0 });
    await stage.catalog(`update migration_run set state = 'failed' where id = ?`, [id]);
    return id;
  };

  it('is the newest alone', async () => {
    const { desk } = stage.release(NEXT_LINE);
    const [old, newest] = [await ended(), await ended()];
    await expect(desk.resume(old)).rejects.toThrow(RunStateRefusedError);
    expect(await desk.resume(newest)).toMatchObject({ id: newest });
    await expect(desk.resume(old)).rejects.toThrow(RunUnderWayError);
    await desk.abort(newest);
    await expect(desk.join(newest)).rejects.toThrow(RunStateRefusedError);
  });

  it('is one, also when two are asked for at the same time', async () => {
    const { desk } = stage.release(NEXT_LINE);
    const id = await ended();
    let asked: Promise<unknown> = Promise.resolve();
    await stage.tests.platform.catalog.em.fork().transactional(async (em) => {
      await em.execute(
        `insert into migration_run (id, state, version, wish, requested_by) values (gen_random_uuid(), 'running', ?, '{}', 'another')`,
        [NEWEST],
      );
      asked = desk.resume(id).catch((error: unknown) => error);
      await wait(300);
    });
    expect(await asked).toBeInstanceOf(RunUnderWayError);
  });
});
