import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TEMPLATE_DATABASE } from '#control/provisioning/placer.js';
import { readMigrationLine } from '#adapters/postgres/migration-line.js';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import { projectFolder } from '#main/project-folder.js';
import type { BenchWorld } from '#tools/bench/bench-world.js';
import type { BenchCase } from '#tools/bench/cases/bench-case.js';
import { printTable, short } from '#tools/bench/print-table.js';
import { bootstrapRatio, median, repeatableRandom } from '#tools/bench/statistics.js';
import { TIERS } from '#testing/test-platform.js';

/** Making a tenant's place the product's way and the plain way, in turns. */
export const provisioningCase: BenchCase = {
  name: 'provisioning',
  run: async (world) => {
    const runs = world.options.isQuick ? 8 : 16;
    const ways = [...(await schemaWays(world)), ...(await databaseWays(world))];
    const times = ways.map((): number[] => []);
    // The first round fills caches and is not counted.
    for (let round = -1; round < runs; round += 1) {
      for (const [index, { make }] of ways.entries()) {
        const begin = performance.now();
        await make(round + 1);
        if (round >= 0) times[index]?.push(performance.now() - begin);
      }
    }
    report(world, ways, times);
    await wholeTenants(world, runs);
  },
};

interface Way {
  readonly name: string;
  /** The way it is compared with; none for a baseline. */
  readonly to: string | null;
  readonly make: (round: number) => Promise<unknown>;
}

async function schemaWays({ test, cluster }: BenchWorld): Promise<Way[]> {
  const { homes } = test.provisioning;
  const line = await readMigrationLine(join(import.meta.dirname, '../../../migrations/tenant'), test.platform.tenantOrm);
  return [
    {
      name: 'schema, statement by statement',
      to: null,
      make: (round) =>
        withSession(cluster.migratorUrl, async (migrator) => {
          const home = `bench_by_one_${round}`;
          await migrator.query('set role tenantry_owner');
          await migrator.query(`create schema ${home}`);
          await migrator.query(`grant usage on schema ${home} to tenantry_tenant`);
          await migrator.query(`set search_path = ${home}, pg_temp`);
          for (const statement of line.flatMap(({ statements }) => statements)) await migrator.query(statement);
          await migrator.query('reset role');
          for (const { name } of line) await migrator.query('insert into tenancy.migration (home, name) values ($1, $2)', [home, name]);
        }),
    },
    {
      name: 'schema, ours',
      to: 'schema, statement by statement',
      make: (round) => withSession(cluster.migratorUrl, (migrator) => homes.apply(migrator, `bench_by_line_${round}`)),
    },
  ];
}

async function databaseWays({ test, cluster }: BenchWorld): Promise<Way[]> {
  const { homes } = test.provisioning;
  const tenancy = await readFile(join(projectFolder(), 'provisioning/tenancy.sql'), 'utf8');
  return [
    {
      name: 'database, create and replay',
      to: null,
      make: async (round) => {
        const name = `bench_replayed_${round}`;
        await withSession(cluster.provisionUrl, (superuser) => superuser.query(`create database ${name} template template0`));
        await withSession(atDatabase(cluster.provisionUrl, name), (superuser) => superuser.query(tenancy));
        await withSession(atDatabase(cluster.migratorUrl, name), (migrator) => homes.apply(migrator, 'app'));
      },
    },
    {
      name: 'database, from the template',
      to: 'database, create and replay',
      make: (round) =>
        withSession(cluster.provisionUrl, (superuser) =>
          superuser.query(`create database bench_copied_${round} template ${TEMPLATE_DATABASE} strategy wal_log`),
        ),
    },
  ];
}

function report({ book }: BenchWorld, ways: readonly Way[], times: readonly number[][]): void {
  const rows = ways.map(({ name, to }, index) => {
    const own = times[index] ?? [];
    const others = to === null ? null : (times[ways.findIndex((way) => way.name === to)] ?? []);
    const value = median(own);
    const baseline = others && median(others);
    const spread = others && bootstrapRatio(own, others, repeatableRandom(1));
    book.add({ name: `provisioning/${name}`, unit: 'ms', value, baseline, ratio: baseline && value / baseline, runs: own.length, spread });
    return [
      name,
      short(value),
      baseline ? (value / baseline).toFixed(2) : '',
      spread ? `${spread.low.toFixed(2)}-${spread.high.toFixed(2)}` : '',
    ];
  });
  printTable('making a place (medians)', ['way', 'ms', 'ratio', '95 %'], rows);
}

/** From the order to an active tenant: catalog, place, secret, fence, verification. */
async function wholeTenants({ test, book }: BenchWorld, runs: number): Promise<void> {
  const rows: string[][] = [];
  for (const tier of TIERS) {
    const times: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      const begin = performance.now();
      await test.tenant(tier);
      times.push(performance.now() - begin);
    }
    const spread = { low: Math.min(...times), high: Math.max(...times) };
    book.add({ name: `provisioning/whole ${tier} tenant`, unit: 'ms', value: median(times), baseline: null, ratio: null, runs, spread });
    rows.push([tier, short(median(times)), `${short(spread.low)}-${short(spread.high)}`]);
  }
  printTable('a whole tenant, cold (medians)', ['tier', 'ms', 'range'], rows);
}
