import { readFileSync } from 'node:fs';
import { withSession } from '#adapters/postgres/session.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { TIERS, TestPlatform } from '#testing/test-platform.js';
import { TenantSql } from '#testing/tenant-sql.js';
import type { BenchWorld } from '#tools/bench/bench-world.js';
import type { BenchCase } from '#tools/bench/cases/bench-case.js';
import { WrongAnswerError } from '#tools/bench/bench.errors.js';
import { printTable, short } from '#tools/bench/print-table.js';

const SIZES = { row: 1_000, schema: 180, database: 20 } as const;
const QUICK_SIZES = { row: 240, schema: 60, database: 12 } as const;
const SWEEPS = 5;
const IN_FLIGHT = 1_000;

/** Many tenants in one process with the settings as they come: connections, memory of backends, heap of a request. */
export const crowdCase: BenchCase = {
  name: 'crowd',
  run: async (world) => {
    const begin = performance.now();
    await world.tenants.grow(world.options.isQuick ? QUICK_SIZES : SIZES, 'empty');
    const made = performance.now() - begin;
    const fresh = await TestPlatform.open();
    try {
      const tenants = TIERS.flatMap((tier) => world.tenants.of(tier));
      const swept = await sweep(fresh, tenants);
      const perRequest = await heapOfRequest(fresh, tenants);
      report(world, { tenants, made, ...swept, perRequest, backends: await backendsOf(world) });
    } finally {
      await fresh.platform.close();
    }
  },
};

interface Crowd {
  readonly tenants: readonly Tenant[];
  readonly made: number;
  readonly sweepMs: number;
  readonly pools: number;
  readonly perRequest: number;
  /** By server. */
  readonly backends: readonly { readonly server: string; readonly count: number; readonly opened: number; readonly largestMiB: number }[];
}

/** Every tenant asks once a sweep, in an order that keeps nobody's connection warm; each answer must be the tenant's own. */
async function sweep(fresh: TestPlatform, tenants: readonly Tenant[]): Promise<{ sweepMs: number; pools: number }> {
  const sql = new TenantSql(fresh.platform);
  const begin = performance.now();
  for (let round = 0; round < SWEEPS; round += 1) {
    const queue = tenants.toSorted(() => Math.random() - 0.5);
    const caller = async (): Promise<void> => {
      for (let tenant = queue.pop(); tenant; tenant = queue.pop()) {
        const rows = await sql.run(tenant, 'select tenant_id, $1::text as round from tickets limit 3', [String(round)]);
        const foreign = rows.find((row) => row['tenant_id'] !== tenant.id);
        if (foreign) throw new WrongAnswerError('sweep', `a row of ${String(foreign['tenant_id'])} to ${tenant.id}`);
      }
    };
    await Promise.all(Array.from({ length: 16 }, caller));
  }
  return { sweepMs: (performance.now() - begin) / SWEEPS, pools: Object.keys(fresh.platform.registry.stats()).length };
}

/** Heap that stays taken for each request with an open context, measured over many that are held open at once. */
async function heapOfRequest(fresh: TestPlatform, tenants: readonly Tenant[]): Promise<number> {
  const hold = async (): Promise<number> => {
    const gate = Promise.withResolvers<null>();
    const before = settledHeap();
    const requests = Array.from({ length: IN_FLIGHT }, (_, index) =>
      fresh.as(tenants[index % tenants.length] as Tenant, async () => {
        const context = fresh.platform.contexts.open();
        await gate.promise;
        return context.tenant;
      }),
    );
    const taken = settledHeap() - before;
    gate.resolve(null);
    await Promise.all(requests);
    return taken / IN_FLIGHT;
  };
  // The first time, code is compiled and metadata filled in.
  await hold();
  return hold();
}

function settledHeap(): number {
  for (let time = 0; time < 3; time += 1) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** Those of the product on each server, all its processes together. */
async function backendsOf({ test }: BenchWorld): Promise<Crowd['backends']> {
  return Promise.all(
    test.provisioning.clusters.map(({ name, provisionUrl }) =>
      withSession(provisionUrl, async (superuser) => {
        const { rows } = await superuser.query<{ pid: number }>(`select pid from pg_stat_activity where application_name = 'tenantry'`);
        const { rows: sessions } = await superuser.query<{ opened: number }>('select sum(sessions)::int as opened from pg_stat_database');
        const largestMiB = Math.max(0, ...rows.map(({ pid }) => privateMiB(pid)));
        return { server: name, count: rows.length, opened: sessions[0]?.opened ?? 0, largestMiB };
      }),
    ),
  );
}

/** Memory that no other process shares; NaN where the system does not tell. */
function privateMiB(pid: number): number {
  try {
    const lines = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').matchAll(/^Private_\w+:\s+(\d+) kB/gm);
    return [...lines].reduce((sum, [, kilobytes]) => sum + Number(kilobytes) / 1_024, 0);
  } catch {
    return NaN;
  }
}

function report({ book }: BenchWorld, { tenants, made, sweepMs, pools, perRequest, backends }: Crowd): void {
  const add = (name: string, unit: string, value: number): string[] => {
    book.add({ name: `crowd/${name}`, unit, value, baseline: null, ratio: null, runs: SWEEPS, spread: null });
    return [name, short(value), unit];
  };
  printTable(
    `${tenants.length} tenants in one process, ${SWEEPS} sweeps`,
    ['what', 'value', 'unit'],
    [
      add('tenants', '', tenants.length),
      add('making those that were missing', 's', made / 1_000),
      add('one sweep over all', 'ms', sweepMs),
      add('open pools', '', pools),
      add('heap a request', 'KiB', perRequest / 1_024),
      ...backends.flatMap(({ server, count, opened, largestMiB }) => [
        add(`backends on ${server}`, '', count),
        add(`connections ever opened on ${server}`, '', opened),
        add(`largest private memory on ${server}`, 'MiB', largestMiB),
      ]),
      add('most backends on a server', '', Math.max(...backends.map(({ count }) => count))),
      add('largest private memory', 'MiB', Math.max(...backends.map(({ largestMiB }) => largestMiB))),
    ],
  );
}
