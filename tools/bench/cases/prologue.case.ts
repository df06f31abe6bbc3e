import type pg from 'pg';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import { Deadline } from '#kernel/isolation/deadline.js';
import { FlushQuery, type PreparedStep } from '#kernel/isolation/flush-query.js';
import { routeOf } from '#kernel/isolation/isolation-drivers.js';
import { LEAVE, enter } from '#kernel/isolation/prologue.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { BenchWorld } from '#tools/bench/bench-world.js';
import type { BenchCase } from '#tools/bench/cases/bench-case.js';
import type { Variant } from '#tools/bench/interleave.js';
import { runRace } from '#tools/bench/throughput.js';
import { checkRows, readText } from '#tools/bench/ticket-rows.js';

interface Parts {
  readonly prologue: readonly PreparedStep[];
  readonly epilogue: readonly PreparedStep[];
}

/** What each part of a routed statement adds to the one before: the way to the connection, the settings, the reset, the policy, the question to the fence, the dialect. */
export const prologueCase: BenchCase = {
  name: 'prologue',
  run: async (world) => {
    const { options, clock, book, cluster } = world;
    await withSession(atDatabase(cluster.provisionUrl, 'tenantry'), (superuser) =>
      superuser.query('grant usage on schema plain to tenantry_tenant; grant select on plain.tickets to tenantry_tenant'),
    );
    const pace = { concurrency: 16, cycles: options.cycles, sliceMs: 40 };
    for (const isPrepared of [true, false]) {
      const race = { name: isPrepared ? 'parts, prepared' : 'parts, not prepared', variants: variants(world, isPrepared) };
      await runRace(race, pace, clock, book);
    }
  },
};

function variants(world: BenchWorld, isPrepared: boolean): Variant[] {
  const { plain, tenants, sql } = world;
  const untenanted = readText('plain.tickets', 'tenant_id = $2 and');
  const own = readText('shared.tickets');
  const flushed = (name: string, parts: (tenant: Tenant) => Parts, text: string): Variant => ({
    name,
    run: async () => {
      const tenant = tenants.pick('row');
      const values = text === own ? ['open'] : ['open', tenant.id];
      const statement = { text, values, ...(isPrepared ? { name: `bench ${name}` } : {}) };
      checkRows(name, await flush(world, tenant, statement, parts(tenant)), tenant.id);
    },
  });
  const entered = ({ id, placement }: Tenant): PreparedStep[] => {
    const { epoch, cluster } = placement;
    return enter(world.test.platform.keys.present({ tenantId: id, epoch, cluster }), routeOf(placement));
  };
  // Without a home the fence is not asked.
  const settings = (tenant: Tenant): PreparedStep[] => entered(tenant).map(({ name, values }) => ({ name, values: values.with(-1, '') }));
  return [
    {
      name: 'plain',
      run: async () => {
        const { id } = tenants.pick('row');
        const values = ['open', id];
        checkRows('plain', await (isPrepared ? plain.prepared('parts', untenanted, values) : plain.query(untenanted, values)), id);
      },
    },
    flushed('through a lease', () => ({ prologue: [], epilogue: [] }), untenanted),
    flushed('and settings', (tenant) => ({ prologue: settings(tenant), epilogue: [] }), untenanted),
    flushed('and reset all', (tenant) => ({ prologue: settings(tenant), epilogue: LEAVE }), untenanted),
    flushed('and the policy', (tenant) => ({ prologue: settings(tenant), epilogue: LEAVE }), own),
    flushed('and the fence', (tenant) => ({ prologue: entered(tenant), epilogue: LEAVE }), own),
    {
      name: 'and the dialect',
      run: async () => {
        const tenant = tenants.pick('row');
        const rows = isPrepared
          ? sql.run(tenant, readText('tickets'), ['open'])
          : sql.run(tenant, readText('tickets').replace('$1', `'open'`));
        checkRows('dialect', await rows, tenant.id);
      },
    },
  ];
}

async function flush({ test }: BenchWorld, tenant: Tenant, statement: pg.QueryConfig, parts: Parts): Promise<unknown[]> {
  const lease = await test.platform.registry.lease(tenant, routeOf(tenant.placement), new Deadline(1_800));
  try {
    return await new Promise((resolve, reject) => {
      const done = (error: Error | null, result: pg.QueryResult): void => (error ? reject(error) : resolve(result.rows));
      lease.client.query(new FlushQuery({ ...statement, ...parts }, done));
    });
  } finally {
    lease.release();
  }
}
