import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TenantSql } from '#testing/tenant-sql.js';
import { TestPlatform } from '#testing/test-platform.js';
import { BenchTenants } from '#tools/bench/bench-tenants.js';
import type { BenchWorld } from '#tools/bench/bench-world.js';
import { PlainDatabase } from '#tools/bench/plain-database.js';
import { fillPlainTables } from '#tools/bench/plain-rows.js';
import { Wire } from '#tools/bench/wire/wire.js';

/** The same servers seen through a wire: a second platform whose every connection of tenants, databases of their own included, goes by way of it. */
export interface WiredWorld extends BenchWorld {
  readonly wire: Wire;
}

/** Opens it with tenants of its own, works in it, closes it. */
export async function withWiredWorld(world: BenchWorld, work: (wired: WiredWorld) => Promise<void>): Promise<void> {
  const { clusters } = world.test.platform;
  const wire = await Wire.to(clusters.map(({ appUrl }) => appUrl));
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-wire-'));
  const file = join(folder, 'clusters.json');
  const wired = clusters.map((cluster) => ({ ...cluster, appUrl: wire.through(cluster.appUrl) }));
  await writeFile(file, JSON.stringify({ clusters: wired }), { mode: 0o600 });
  const test = await TestPlatform.open({ CLUSTERS: file });
  const plain = new PlainDatabase(wire.through(world.cluster.appUrl));
  try {
    // The secret of a database of a tenant's own is made with the address the platform knows, so these lie behind the wire too.
    const tenants = new BenchTenants(test);
    await tenants.grow({ row: 4, schema: 4, database: 2 }, 'with rows');
    await fillPlainTables(
      world.cluster,
      tenants.of('row').map(({ id }) => id),
    );
    await work({ ...world, test, tenants, plain, sql: new TenantSql(test.platform), wire });
  } finally {
    await plain.close();
    await test.platform.close();
    wire.close();
    await rm(folder, { recursive: true });
  }
}
