import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import { clusterNamed } from '#control/provisioning/cluster.js';
import { until } from '#testing/faults/until.js';
import { HomesStage, type StagedHome } from '#testing/fleet/homes-stage.js';
import { step } from '#testing/fleet/migration-step.js';
import { HomeMigrations } from './home-migrations.js';

const INDEX = step('9001-title-once', ['create unique index concurrently if not exists tickets_title_once on tickets (tenant_id, title)'], {
  isTransactional: false,
});
const AFTER = step('9002-after', ['alter table tickets add column afterwards text']);

describe('steps of migrations in homes of every tier', () => {
  let stage: HomesStage;
  let homes: StagedHome[];
  let migrations: HomeMigrations;

  beforeAll(async () => {
    stage = await HomesStage.open();
    homes = await stage.homes();
    migrations = new HomeMigrations([...stage.test.provisioning.homes.line, INDEX, AFTER]);
  });
  afterAll(() => stage.close());
  afterEach(async () => {
    for (const home of homes)
      await stage.tamper(
        home,
        'drop index if exists tickets_title_once, "Title-once"',
        'alter table tickets drop column if exists afterwards',
        'delete from tickets',
        `delete from tenancy.migration where home = '${home.home}' and name >= '9001'`,
      );
  });

  const apply = (home: StagedHome): Promise<string[]> => stage.migrator(home, (migrator) => migrations.apply(migrator, home.home));
  const indexOf = (home: StagedHome): Promise<unknown[]> =>
    stage.tamper(home, `select indisvalid as "isValid" from pg_index where indexrelid = to_regclass('tickets_title_once')`);
  const recordOf = (home: StagedHome): Promise<unknown[]> =>
    stage.tamper(home, `select name from tenancy.migration where home = '${home.home}' and name >= '9001' order by name`);
  const insert = (tenant: string): string =>
    `insert into tickets (tenant_id, id, title, created_at, updated_at) values ('${tenant}', '${randomUUID()}', 'twice', now(), now())`;
  const RECORD = [{ name: INDEX.name }, { name: AFTER.name }];

  it('an index is made outside a transaction; what a failed try left of it is taken away first; each is on record once', async () => {
    for (const home of homes) {
      const [acme, globex] = [randomUUID(), randomUUID()];
      await stage.tamper(home, insert(acme), insert(acme), insert(globex));
      await expect(apply(home)).rejects.toMatchObject({ code: '23505' });
      expect([await indexOf(home), await recordOf(home)]).toEqual([[{ isValid: false }], []]);
      await stage.tamper(home, `delete from tickets where id = (select id from tickets where tenant_id = '${acme}' limit 1)`);
      expect(await apply(home)).toEqual([INDEX.name, AFTER.name]);
      expect([await indexOf(home), await recordOf(home)]).toEqual([[{ isValid: true }], RECORD]);
      expect(await apply(home)).toEqual([]);
    }
  });

  it('an index that was made by a try that died before it was recorded is recorded', async () => {
    for (const home of homes) {
      await apply(home);
      await stage.tamper(home, `delete from tenancy.migration where home = '${home.home}' and name = '${INDEX.name}'`);
      expect(await apply(home)).toEqual([INDEX.name]);
      expect([await indexOf(home), await recordOf(home)]).toEqual([[{ isValid: true }], RECORD]);
    }
  });

  it.each([0, 1, 2])('a try that dies while the index is being made is made good by the next (%#)', async (place) => {
    const home = homes[place]!;
    await stage.migrator(home, async (reader) => {
      await reader.query('begin isolation level repeatable read');
      await reader.query('select 1');
      const dying = apply(home);
      const death = expect(dying).rejects.toThrow();
      await until(async () => (await indexOf(home)).length === 1, 10_000);
      await stage.tamper(
        home,
        `select pg_terminate_backend(pid) from pg_stat_activity where query like '%index concurrently%' and pid <> pg_backend_pid()`,
      );
      await death;
      expect(await indexOf(home)).toEqual([{ isValid: false }]);
      await reader.query('commit');
    });
    expect(await apply(home)).toEqual([INDEX.name, AFTER.name]);
    expect(await indexOf(home)).toEqual([{ isValid: true }]);
  });

  it('two at once take turns, and the one that waits does not keep the other from ending', async () => {
    for (const home of homes) {
      const both = await stage.superuser(home, async (writer) => {
        await writer.query('begin');
        await writer.query(insert(randomUUID()));
        const one = apply(home);
        await until(async () => (await indexOf(home)).length === 1, 10_000);
        // It waits for the writer, and afterwards for every snapshot that is older than the index.
        const other = apply(home);
        await sleep(300);
        await writer.query('commit');
        return Promise.all([one, other]);
      });
      expect(both.flat().sort()).toEqual([INDEX.name, AFTER.name]);
      expect([await indexOf(home), await recordOf(home)]).toEqual([[{ isValid: true }], RECORD]);
    }
  });

  it('an index whose name is in quotes is taken away and made again too, though the statement would pass over one that is there', async () => {
    const home = homes[0]!;
    const statement = 'create unique index concurrently if not exists "Title-once" on tickets (tenant_id, title)';
    const quoted = new HomeMigrations([
      ...stage.test.provisioning.homes.line,
      step('9001-quoted', [statement], { isTransactional: false }),
    ]);
    const acme = randomUUID();
    await stage.tamper(home, insert(acme), insert(acme));
    const bring = (): Promise<string[]> => stage.migrator(home, (migrator) => quoted.apply(migrator, home.home));
    await expect(bring()).rejects.toMatchObject({ code: '23505' });
    await stage.tamper(home, 'delete from tickets');
    expect(await bring()).toEqual(['9001-quoted']);
    const asked = `select indisvalid as "isValid" from pg_index where indexrelid = to_regclass('"Title-once"')`;
    expect(await stage.tamper(home, asked)).toEqual([{ isValid: true }]);
  });

  it('the session is as it was, and the turn is given back', async () => {
    for (const home of homes)
      await stage.migrator(home, async (migrator) => {
        const state = async (): Promise<unknown> => {
          const { rows } = await migrator.query<{
            pid: number;
          }>(`select pg_backend_pid() as pid, current_user, current_setting('search_path') as path,
            current_setting('lock_timeout') as locks, current_setting('statement_timeout') as statements`);
          const turns = await stage.tamper(home, `select from pg_locks where pid = ${rows[0]?.pid ?? 0} and locktype = 'advisory'`);
          return { ...rows[0], turns: turns.length };
        };
        const before = await state();
        expect(await migrations.apply(migrator, home.home)).toEqual([INDEX.name, AFTER.name]);
        expect(await state()).toEqual(before);
        expect(before).toMatchObject({ turns: 0 });
      });
  });

  it('a home that is just being made has all of it in one transaction', async () => {
    const { cluster, database } = homes[0]!;
    const fresh: StagedHome = { tier: 'schema', cluster, database, home: 't_fresh' };
    const broken = new HomeMigrations([...migrations.line, step('9003-broken', ['select broken'])]);
    await expect(stage.migrator(fresh, (migrator) => broken.apply(migrator, fresh.home))).rejects.toMatchObject({ code: '42703' });
    expect(await stage.tamper(fresh, `select to_regnamespace('t_fresh') as there`)).toEqual([{ there: null }]);
    expect(await apply(fresh)).toEqual(migrations.line.map(({ name }) => name));
    expect([await indexOf(fresh), await recordOf(fresh)]).toEqual([[{ isValid: true }], RECORD]);
  });

  it('each statement of a step has its own time until it is answered', async () => {
    const home = homes[1]!;
    const two = new HomeMigrations([...stage.test.provisioning.homes.line, step('9001-two', Array(3).fill('select pg_sleep(0.6)'))]);
    const { migratorUrl } = clusterNamed(home.cluster, stage.test.provisioning.clusters);
    const bring = (migrator: pg.Client): Promise<string[]> => two.bring(migrator, home.home);
    expect(await withSession(atDatabase(migratorUrl, home.database), bring, 1_500)).toEqual(['9001-two']);
  });

  it.each([
    ['in a transaction', true],
    ['outside one', false],
  ])('a long step %s has no statement timeout, and another has', async (_, isTransactional) => {
    const home = homes[1]!;
    const slow = (isLong: boolean): HomeMigrations =>
      new HomeMigrations([...stage.test.provisioning.homes.line, step('9001-slow', ['select pg_sleep(0.4)'], { isTransactional, isLong })]);
    await stage.migrator(home, async (migrator) => {
      await migrator.query(`set statement_timeout = '200ms'`);
      await expect(slow(false).apply(migrator, home.home)).rejects.toMatchObject({ code: '57014' });
    });
    await stage.migrator(home, async (migrator) => {
      await migrator.query(`set statement_timeout = '200ms'`);
      expect(await slow(true).apply(migrator, home.home)).toEqual(['9001-slow']);
    });
  });
});
