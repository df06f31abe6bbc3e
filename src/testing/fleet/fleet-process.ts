import { setTimeout as wait } from 'node:timers/promises';
import { openCatalog } from '#catalog/catalog-orm.js';
import { clusterNamed, type Cluster } from '#control/provisioning/cluster.js';
import { FleetRelease } from '#testing/fleet/fleet-release.js';
import { SLOW_LINE } from '#testing/fleet/small-line.js';

/** What a process that works on a run is told. */
export interface FleetOrder {
  readonly run: string;
  readonly works: readonly string[];
  readonly leaseMs: number;
  readonly catalogUrl: string;
  readonly cluster: Cluster;
}

// Nothing but what it takes: it is killed again and again.
const { run, works, leaseMs, catalogUrl, cluster } = JSON.parse(process.argv[2] ?? '') as FleetOrder;
const clusters = { all: async () => [cluster], named: async (name: string) => clusterNamed(name, [cluster]) };
const release = new FleetRelease({ catalog: openCatalog(catalogUrl, 4), clusters }, SLOW_LINE, leaseMs);
process.stdout.write('ready\n');
for (;;) {
  try {
    await release.drive({ id: run, works });
    process.exit(0);
  } catch {
    // A server that was killed comes back; a worker lives on and looks again.
    await wait(200);
  }
}
