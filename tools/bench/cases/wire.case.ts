import { TIERS } from '#testing/test-platform.js';
import { RoundTripsError } from '#tools/bench/bench.errors.js';
import type { BenchCase } from '#tools/bench/cases/bench-case.js';
import { insertVariants, readVariants } from '#tools/bench/cases/statement.case.js';
import { interleave } from '#tools/bench/interleave.js';
import { printTable, short } from '#tools/bench/print-table.js';
import { median } from '#tools/bench/statistics.js';
import { READ_ROWS, checkRows, insertText, newRow, readText } from '#tools/bench/ticket-rows.js';
import { withWiredWorld, type WiredWorld } from '#tools/bench/wire/wired-world.js';
import { Ticket } from '#plugins/tickets/ticket.entity.js';
import type { TenantContext } from '#kernel/isolation/tenant-context-factory.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

const TIMES = 50;
const DELAY_MS = 1;

interface Operation {
  readonly name: string;
  readonly trips: number;
  readonly run: () => Promise<unknown>;
}

/** Round trips counted on the wire, which must be exact; and the list with a network that takes a millisecond longer. */
export const wireCase: BenchCase = {
  name: 'wire',
  run: (world) =>
    withWiredWorld(world, async (wired) => {
      await countTrips(wired);
      await listWithDelay(wired);
    }),
};

/** Raises RoundTripsError. */
async function countTrips(wired: WiredWorld): Promise<void> {
  const rows: string[][] = [];
  for (const { name, trips, run } of operations(wired)) {
    // The first time a connection is opened, and the second time a plan gets its name.
    for (let time = 0; time < 4; time += 1) await run();
    const before = await wired.wire.count();
    for (let time = 0; time < TIMES; time += 1) await run();
    const after = await wired.wire.count();
    for (const found of [after.asks - before.asks, after.answers - before.answers]) {
      if (found !== trips * TIMES) throw new RoundTripsError(name, found / TIMES, trips);
    }
    wired.book.add({ name: `trips/${name}`, unit: 'round trips', value: trips, baseline: null, ratio: null, runs: TIMES, spread: null });
    rows.push([name, String(trips)]);
  }
  printTable(`round trips on the wire (each counted ${TIMES} times, exact)`, ['operation', 'trips'], rows);
}

function operations({ sql, tenants, plain, test }: WiredWorld): Operation[] {
  const some = tenants.of('row')[0] as Tenant;
  return [
    { name: 'plain', trips: 1, run: () => plain.query(readText('plain.tickets', 'tenant_id = $2 and'), ['open', some.id]) },
    { name: 'recipe', trips: 4, run: () => plain.recipe(some.id, readText('recipe.tickets'), ['open']) },
    ...TIERS.flatMap((tier) => {
      const tenant = tenants.of(tier)[0] as Tenant;
      const newest = { orderBy: { createdAt: 'desc', id: 'desc' }, limit: READ_ROWS } as const;
      const list = (rows: readonly unknown[]): void => checkRows(tier, rows, tenant.id);
      return [
        { name: `${tier} list`, trips: 1, run: async () => list(await sql.run(tenant, readText('tickets'), ['open'])) },
        {
          name: `${tier} list, not prepared`,
          trips: 1,
          run: async () => list(await sql.run(tenant, readText('tickets').replace('$1', `'open'`))),
        },
        { name: `${tier} insert`, trips: 1, run: () => sql.run(tenant, insertText('tickets'), newRow(tenant.id)) },
        {
          name: `${tier} transaction of two`,
          trips: 3,
          run: () => sql.transaction(tenant, async (run) => [await run('select 1'), await run('select 2')]),
        },
        {
          name: `${tier} em.find`,
          trips: 1,
          run: () => test.as(tenant, async () => list(await test.platform.contexts.open().em.find(Ticket, { status: 'open' }, newest))),
        },
        { name: `${tier} flush of one insert`, trips: 2, run: () => test.as(tenant, () => flushOne(test.platform.contexts.open())) },
      ];
    }),
  ];
}

async function flushOne({ em, tenant }: TenantContext): Promise<void> {
  em.create(Ticket, { tenantId: tenant.id, title: 'x', description: '', status: 'completed', priority: 'normal', labels: [], version: 1 });
  await em.flush();
}

async function listWithDelay(wired: WiredWorld): Promise<void> {
  const { wire, options, clock, book } = wired;
  for (const [kind, variants] of [
    ['list', readVariants(wired)],
    ['insert', insertVariants(wired)],
  ] as const) {
    // Filled without the delay, which would make it long.
    await interleave(
      variants.map((variant) => ({ ...variant, warmUp: 300 })),
      { concurrency: 1, cycles: 0, sliceMs: 0 },
      clock,
    );
    await wire.delay(DELAY_MS);
    const measured = await interleave(variants, { concurrency: 1, cycles: options.cycles, sliceMs: 100, isWarm: true }, clock);
    await wire.delay(0);
    const baseline = median(measured[0]?.latencyMs ?? []);
    const rows = measured.map(({ name, latencyMs }) => {
      const value = median(latencyMs);
      const runs = latencyMs.length;
      book.add({ name: `delay/${kind} ${name}`, unit: 'ms (p50)', value, baseline, ratio: value / baseline, runs, spread: null });
      return [name, short(value), (value / baseline).toFixed(2)];
    });
    printTable(`one ${kind} at ${DELAY_MS} ms of delay on the way to the server, concurrency 1`, ['variant', 'p50 ms', 'ratio'], rows);
  }
}
