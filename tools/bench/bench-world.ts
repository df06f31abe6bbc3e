import type { Cluster } from '#control/provisioning/cluster.js';
import { TenantSql } from '#testing/tenant-sql.js';
import { TestPlatform } from '#testing/test-platform.js';
import { BenchTenants, type Sizes } from '#tools/bench/bench-tenants.js';
import type { BenchOptions } from '#tools/bench/bench-options.js';
import { PlainDatabase } from '#tools/bench/plain-database.js';
import { fillPlainTables } from '#tools/bench/plain-rows.js';
import { makePlainSchema } from '#tools/bench/plain-schema.js';
import { PostmasterClock } from '#tools/bench/postmaster-clock.js';
import type { ResultBook } from '#tools/bench/result-book.js';

/** As many that caches of every kind hold more than one tenant, and the row tier's table has 200,000 rows. */
const SIZES: Sizes = { row: 200, schema: 40, database: 6 };

/** What every case has: the product on servers of its own, tenants with tickets on every tier, and the same rows without tenancy. */
export interface BenchWorld {
  readonly options: BenchOptions;
  readonly book: ResultBook;
  readonly test: TestPlatform;
  readonly tenants: BenchTenants;
  readonly sql: TenantSql;
  readonly plain: PlainDatabase;
  readonly clock: PostmasterClock;
  /** The cluster where all but some databases of tenants' own are. */
  readonly cluster: Cluster;
}

export async function openBenchWorld(options: BenchOptions, book: ResultBook): Promise<BenchWorld> {
  const test = await TestPlatform.open();
  const [cluster] = test.provisioning.clusters;
  if (!cluster) throw new TypeError('there is a cluster');
  const tenants = new BenchTenants(test);
  await tenants.grow(SIZES, 'with rows');
  await makePlainSchema(cluster);
  await fillPlainTables(
    cluster,
    tenants.of('row').map(({ id }) => id),
  );
  const clock = await PostmasterClock.of(test.provisioning.clusters.map(({ provisionUrl }) => provisionUrl));
  const plain = new PlainDatabase(cluster.appUrl);
  return { options, book, test, tenants, sql: new TenantSql(test.platform), plain, clock, cluster };
}

/** The servers go with the run, so nothing in them is taken back. */
export async function closeBenchWorld({ plain, test }: BenchWorld): Promise<void> {
  await plain.close();
  await test.platform.close();
}
