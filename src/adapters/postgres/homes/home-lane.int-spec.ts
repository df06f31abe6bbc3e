import { setTimeout as wait } from 'node:timers/promises';
import { HomeMigrations } from '#adapters/postgres/homes/home-migrations.js';
import { keyOf } from '#adapters/postgres/homes/home-turn.js';
import { migrateTogether } from '#adapters/postgres/homes/homes-together.js';
import { LaneSession } from '#adapters/postgres/homes/lane-session.js';
import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import { identifier, withSession } from '#adapters/postgres/session.js';
import type { Home } from '#catalog/fleet/home-ledger.js';
import type { HomeOutcome } from '#control/fleet/home-migrator.js';
import type { Cluster } from '#control/provisioning/cluster.js';
import { until } from '#testing/faults/until.js';
import { FleetRelease } from '#testing/fleet/fleet-release.js';
import { step } from '#testing/fleet/migration-step.js';
import { FleetStage } from '#testing/fleet/fleet-stage.js';
import { NEXT_LINE, SMALL_LINE } from '#testing/fleet/small-line.js';
import { TcpProxy } from '#testing/tcp-proxy.js';

const LOCK_TIMEOUT_MS = 300;
const EXPANDED = NEXT_LINE.at(-1)!.name;
const NOT_VALID = step('0002-short', [`alter table note add constraint note_short check (text <> '') not valid`]);

describe('the lane of a server', () => {
  let stage: FleetStage;
  let homes: Home[];

  beforeEach(async () => {
    stage = await FleetStage.open();
    homes = await stage.schemas(6);
  });
  afterEach(() => stage.close());

  const clusterOf = (): Cluster => stage.tests.provisioning.clusters[0]!;
  /** What becomes of homes that are to have this line, and how often the server was to be reached. */
  const migrate = async (
    line: readonly MigrationStep[],
    {
      signal = new AbortController().signal,
      cluster = clusterOf(),
      of = homes,
    }: { signal?: AbortSignal; cluster?: Cluster; of?: Home[] } = {},
  ): Promise<{ outcomes: HomeOutcome[]; reached: number }> => {
    let reached = 0;
    const named = async (): Promise<Cluster> => {
      reached += 1;
      return cluster;
    };
    const clusters = { named, all: async () => [cluster] };
    const lane = new FleetRelease({ catalog: stage.tests.platform.catalog, clusters }, line).hands.migrator.lane(
      cluster.name,
      line.at(-1)!.name,
    );
    const outcomes: HomeOutcome[] = [];
    try {
      for await (const some of lane.migrate(of, { lockTimeoutMs: LOCK_TIMEOUT_MS, signal })) outcomes.push(...some);
    } finally {
      await lane.close();
    }
    return { outcomes, reached };
  };
  const statesOf = (outcomes: readonly HomeOutcome[]): string[] => [...new Set(outcomes.map(({ state }) => state))];
  const errorsOf = (outcomes: readonly HomeOutcome[]): string[] =>
    outcomes.flatMap((outcome) => (outcome.state === 'failed' ? [outcome.error] : []));
  const insert = (home: Home, text: string): Promise<unknown> =>
    stage.on((session) =>
      session.query(`insert into ${identifier(home.home)}.note (tenant_id, id, text) values (gen_random_uuid(), gen_random_uuid(), $1)`, [
        text,
      ]),
    );

  /** The longest that somebody who reads a home's table has waited while `work` went on, in milliseconds. */
  const longestWait = async (home: Home, work: Promise<unknown>): Promise<number> => {
    let [longest, isOver] = [0, false];
    const over = work.finally(() => (isOver = true));
    await stage.on(async (reader) => {
      while (!isOver) {
        const began = performance.now();
        await reader.query(`select from ${identifier(home.home)}.note`);
        longest = Math.max(longest, performance.now() - began);
        await wait(5);
      }
    });
    await over;
    return longest;
  };

  it.each([
    ['which reads the table when many are migrated together', { statements: ['select pg_sleep(0.14)'], facts: {} }],
    ['which takes long, to each alone', { statements: ['select pg_sleep(1)'], facts: { isLong: true } }],
  ])('holds no lock of one step while the next is sent, %s', async (_, { statements, facts }) => {
    const work = migrate([...SMALL_LINE, { ...NOT_VALID, ...facts }, step('0003-valid', statements, facts)]);
    const waited = await longestWait(homes[0]!, work);
    const { outcomes } = await work;
    expect([statesOf(outcomes), outcomes.length]).toEqual([['migrated'], 6]);
    // A machine may be busy; the steps take longer.
    expect(waited).toBeLessThan(LOCK_TIMEOUT_MS + 300);
  });

  it('brings homes that are several quick steps behind on together, also when some are further than others', async () => {
    const line = [
      ...NEXT_LINE,
      step('0003-shade', ['alter table note add column shade text']),
      step('0004-hue', ['alter table note add column hue text']),
    ];
    await migrate(NEXT_LINE, { of: homes.slice(0, 2) });
    const { outcomes } = await migrate(line);
    expect([statesOf(outcomes), outcomes.length]).toEqual([['migrated'], 6]);
    const { rows } = await stage.on((session) =>
      session.query(
        `select count(*)::integer as homes, count(distinct xmin::text)::integer as times from tenancy.migration where name = '0004-hue'`,
      ),
    );
    expect(rows).toEqual([{ homes: 6, times: 1 }]);
  });

  it('goes on with the next database when one is away', async () => {
    const [one, other] = homes as [Home, Home];
    const away = { ...one, database: 'tenantry_fleet_away' };
    const { outcomes } = await migrate(NEXT_LINE, { of: [away, other] });
    expect(outcomes).toMatchObject([
      { home: away, state: 'failed', isPassing: false, error: expect.stringContaining('3D000') as string },
      { home: other, state: 'migrated' },
    ]);
  });

  it('finds no fault with a home that a newer build has brought on further', async () => {
    await migrate(NEXT_LINE);
    const [ahead, other] = homes as [Home, Home];
    const newer = new HomeMigrations([...NEXT_LINE, step('0003-shade', ['alter table note add column shade text'])]);
    await stage.on((session) => newer.bring(session, ahead.home));
    await stage.on((session) => session.query(`alter table "${other.home}".note add column drifted text`));
    const lane = stage.release(NEXT_LINE).hands.migrator.lane(ahead.cluster, EXPANDED);
    const outcomes = await lane.check(homes, new AbortController().signal).finally(() => lane.close());
    expect(outcomes.filter(({ state }) => state !== 'checked')).toMatchObject([{ home: other, state: 'failed' }]);
    expect(outcomes).toHaveLength(homes.length);
  });

  it('knows what homes have had by when it has their turns', async () => {
    const [home] = homes as [Home];
    const migrations = new HomeMigrations(NEXT_LINE);
    await stage.on(async (session) => {
      let other: Promise<string> | undefined;
      const bringAsAnother = (): Promise<string> =>
        stage
          .on((another) => migrations.bring(another, home.home, AbortSignal.timeout(500)))
          .then(
            () => 'brought it',
            () => 'had no turn',
          );
      // Between the two questions of the message there is time enough for somebody else.
      const slow = new Proxy(session, {
        get: (target, key) =>
          key !== 'query'
            ? (Reflect.get(target, key) as unknown)
            : async (text: string): Promise<unknown> => {
                const [begin, patience, turns, states] = text.split(';\n');
                if (begin !== 'begin') return target.query(text);
                const answers = target.query([begin, patience, turns, 'select pg_sleep(1)', states].join(';\n')) as unknown as Promise<
                  unknown[]
                >;
                await wait(200);
                other = bringAsAnother();
                return (await answers).toSpliced(3, 1);
              },
      });
      expect(await migrateTogether(slow, [home.home], migrations)).toMatchObject({ done: [home.home], rest: [] });
      expect(await other).toBe('had no turn');
    });
  });

  it.each([
    ['nothing of it', (home: string) => `drop schema ${home} cascade; delete from tenancy.migration where home = '${home}'`],
    ['only what it is said to have had', (home: string) => `drop schema ${home} cascade`],
  ])('waits for whoever is just making a home anew, of which there is %s', async (_, gone) => {
    const [first, second] = homes as [Home, Home];
    await migrate(NEXT_LINE, { of: [first, second] });
    await stage.on((session) => session.query(gone(first.home)));
    const { outcomes } = await withSession(clusterOf().migratorUrl, async (maker) => {
      await maker.query('select pg_try_advisory_lock(hashtext($1))', [keyOf(first.home)]);
      const over = migrate(NEXT_LINE, { of: [first, second] });
      await wait(500);
      await maker.query('delete from tenancy.migration where home = $1', [first.home]);
      await new HomeMigrations(NEXT_LINE).apply(maker, first.home);
      await maker.query('select pg_advisory_unlock(hashtext($1))', [keyOf(first.home)]);
      return over;
    });
    expect(outcomes.map(({ home: { home }, state }) => [home, state])).toEqual([
      [second.home, 'migrated'],
      [first.home, 'migrated'],
    ]);
  });

  it('says what homes had had when a step failed in them', async () => {
    const { outcomes } = await migrate([...NEXT_LINE, step('0003-broken', ['select broken'])]);
    expect(outcomes).toHaveLength(6);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ state: 'failed', isPassing: false, at: { version: '0002-colours', needs: '' } });
  });

  it('tells no value of a row that a step fails for', async () => {
    const [first, second] = homes as [Home, Home];
    await insert(first, 'marzipan');
    await insert(second, 'marzipan');
    await insert(second, 'marzipan');
    const number = await migrate(
      [...SMALL_LINE, step('0002-number', ['alter table note alter column text type integer using text::integer'])],
      { of: [first] },
    );
    expect(errorsOf(number.outcomes)).toEqual([expect.stringContaining('22P02')]);
    const once = await migrate([...SMALL_LINE, step('0002-once', ['alter table note add constraint note_once unique (text)'])], {
      of: [second],
    });
    expect(errorsOf(once.outcomes)).toEqual([expect.stringContaining('23505, table note, constraint note_once')]);
    expect(JSON.stringify([number, once])).not.toContain('marzipan');
  });

  it.each([
    ['is not known', 'postgres://t-root:hidden@db.acme.invalid:6543/x', undefined],
    ['refuses', 'postgres://t-root:hidden@127.0.0.1:1/x', 'ECONNREFUSED'],
  ])('tells nothing of how a server is reached that %s, and asks it once for all homes', async (_, migratorUrl, code = '') => {
    const { outcomes, reached } = await migrate(NEXT_LINE, { cluster: { ...clusterOf(), migratorUrl } });
    expect([outcomes.length, reached]).toEqual([6, 1]);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ state: 'failed', isPassing: true, error: expect.stringContaining(code) as string });
    expect(JSON.stringify(errorsOf(outcomes))).not.toMatch(/acme|127\.0\.0\.1|6543|:1\b|t-root|hidden/);
  });

  it('tells nothing of a login that is refused', async () => {
    const migratorUrl = Object.assign(new URL(clusterOf().migratorUrl), { username: 't-nobody', password: 'hidden' }).href;
    const { outcomes } = await migrate(NEXT_LINE, { cluster: { ...clusterOf(), migratorUrl } });
    expect(errorsOf(outcomes)).toHaveLength(6);
    expect(JSON.stringify(errorsOf(outcomes))).not.toMatch(/t-nobody|hidden/);
  });

  it('is over soon when it is told to end and the server does not answer', async () => {
    const proxy = await TcpProxy.to(clusterOf().migratorUrl);
    try {
      const end = new AbortController();
      const cluster = { ...clusterOf(), migratorUrl: proxy.through(clusterOf().migratorUrl) };
      const over = migrate([...SMALL_LINE, step('0002-sleep', ['select pg_sleep(0.5)'], { isLong: true })], {
        cluster,
        signal: end.signal,
      });
      const ended = expect(over).rejects.toThrow('enough');
      await until(async () => (await sleepers(stage)) > 0, 10_000);
      proxy.silence();
      await wait(800);
      const began = performance.now();
      end.abort(new Error('enough'));
      await ended;
      expect(performance.now() - began).toBeLessThan(4_000);
    } finally {
      await proxy.close();
    }
  });

  it.each(['is being opened', 'makes what homes are held against'])(
    'is over soon when it is told to end while its session %s',
    async (when) => {
      const proxy = await TcpProxy.to(clusterOf().migratorUrl);
      const cluster = { ...clusterOf(), migratorUrl: proxy.through(clusterOf().migratorUrl) };
      const clusters = { named: async () => cluster, all: async () => [cluster] };
      const release = new FleetRelease({ catalog: stage.tests.platform.catalog, clusters }, NEXT_LINE);
      const lane = release.hands.migrator.lane(cluster.name, EXPANDED);
      try {
        proxy.silence();
        const end = new AbortController();
        const began = performance.now();
        const patience = { lockTimeoutMs: LOCK_TIMEOUT_MS, signal: end.signal };
        const over =
          when === 'is being opened' ? lane.migrate(homes, patience)[Symbol.asyncIterator]().next() : lane.check(homes, end.signal);
        const ended = expect(over).rejects.toThrow('enough');
        await wait(300);
        end.abort(new Error('enough'));
        await ended;
        expect(performance.now() - began).toBeLessThan(3_000);
      } finally {
        await lane.close();
        await proxy.close();
      }
    },
  );

  it('does not try a statement again and again whose time is not enough, and says what helps', async () => {
    const { outcomes } = await migrate([...SMALL_LINE, step('0002-slow', ['set local statement_timeout = 50', 'select pg_sleep(1)'])], {
      of: homes.slice(0, 1),
    });
    expect(outcomes).toMatchObject([{ state: 'failed', isPassing: false, error: expect.stringMatching(/57014.*isLong/) as string }]);
  });

  it('leaves no statement behind at a server whose client is gone', async () => {
    const table = `${identifier(homes[0]!.home)}.note`;
    await withSession(clusterOf().migratorUrl, async (writer) => {
      await writer.query('begin');
      await writer.query('set local role tenantry_owner');
      await writer.query(`lock table ${table} in row exclusive mode`);
      const dying = await LaneSession.connect(clusterOf().migratorUrl);
      await dying.query('set role tenantry_owner');
      const waiting = expect(dying.query(`create index concurrently note_text on ${table} (text)`)).rejects.toThrow();
      await until(async () => (await waiters(stage)) === 1, 5_000);
      await dying.end();
      await waiting;
      await until(async () => (await waiters(stage)) === 0, 10_000);
    });
  });

  it('gives its locks back when nothing is heard of it', async () => {
    const [home] = homes as [Home];
    const frozen = await LaneSession.connect(clusterOf().migratorUrl);
    await frozen.query(`begin; lock table ${identifier(home.home)}.note in access exclusive mode`);
    const began = performance.now();
    await stage.on((reader) => reader.query(`select from ${identifier(home.home)}.note`));
    expect(performance.now() - began).toBeLessThan(9_000);
    await expect(frozen.query('commit')).rejects.toThrow();
    await frozen.end().catch(() => undefined); // it is gone
  });
});

const sleepers = (stage: FleetStage): Promise<number> => running(stage, '%pg_sleep%');
const waiters = (stage: FleetStage): Promise<number> => running(stage, 'create index concurrently note_text%');

async function running(stage: FleetStage, text: string): Promise<number> {
  const asked = `select from pg_stat_activity where query like $1 and state = 'active' and pid <> pg_backend_pid() and datname = current_database()`;
  return (await stage.on((session) => session.query(asked, [text]))).rowCount ?? 0;
}
