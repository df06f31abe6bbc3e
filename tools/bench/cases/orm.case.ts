import { MikroORM } from '@mikro-orm/postgresql';
import { Kysely, PostgresDialect } from 'kysely';
import type { TicketTables } from '#plugins/tickets/ticket-table.js';
import { Ticket } from '#plugins/tickets/ticket.entity.js';
import { TIERS } from '#testing/test-platform.js';
import type { BenchWorld } from '#tools/bench/bench-world.js';
import type { BenchCase } from '#tools/bench/cases/bench-case.js';
import { warmUpOf } from '#tools/bench/cases/statement.case.js';
import type { Variant } from '#tools/bench/interleave.js';
import { runRace } from '#tools/bench/throughput.js';
import { READ_ROWS, checkRows } from '#tools/bench/ticket-rows.js';

interface ReadTables {
  tickets: TicketTables['tickets'] & { tenant_id: string };
}

const TICKET = { title: 'Printer', description: '', status: 'completed', priority: 'normal', labels: [], version: 1 } as const;

/** The product's ORM and read models beside the same calls of the same libraries without tenancy. */
export const ormCase: BenchCase = {
  name: 'orm',
  run: async (world) => {
    const { options, clock, book, plain } = world;
    const orm = new MikroORM({ entities: [Ticket], clientUrl: plain.url, schema: 'plain', forceUtcTimezone: true, pool: { max: 16 } });
    const races = [
      { name: 'read model', variants: readModels(world) },
      { name: 'orm find', variants: finds(world, orm) },
      { name: 'orm flush', variants: flushes(world, orm) },
    ];
    for (const race of races) {
      const pace = { concurrency: 16, cycles: options.cycles, sliceMs: 60 };
      if (!options.isQuick) await runRace(race, { ...pace, concurrency: 1 }, clock, book);
      await runRace(race, { ...pace, isWarm: !options.isQuick }, clock, book);
    }
    await orm.close();
  },
};

function readModels({ test, tenants, plain }: BenchWorld): Variant[] {
  const untenanted = new Kysely<ReadTables>({ dialect: new PostgresDialect({ pool: plain.pool }) });
  const list = (reads: Kysely<ReadTables>) =>
    reads
      .selectFrom('tickets')
      .selectAll()
      .where('status', '=', 'open')
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(READ_ROWS);
  return [
    {
      name: 'plain',
      run: async () => {
        const { id } = tenants.pick('row');
        checkRows('plain read model', await list(untenanted).where('tenant_id', '=', id).execute(), id);
      },
    },
    ...TIERS.map((tier) => ({
      name: tier,
      ...warmUpOf(tier),
      run: () => {
        const tenant = tenants.pick(tier);
        return test.as(tenant, async () => {
          checkRows(`${tier} read model`, await list(test.platform.contexts.reads<ReadTables>()).execute(), tenant.id);
        });
      },
    })),
  ];
}

function finds({ test, tenants }: BenchWorld, orm: MikroORM): Variant[] {
  const newest = { orderBy: { createdAt: 'desc', id: 'desc' }, limit: READ_ROWS } as const;
  return [
    {
      name: 'plain',
      run: async () => {
        const { id } = tenants.pick('row');
        checkRows('plain find', await orm.em.fork().find(Ticket, { tenantId: id, status: 'open' }, newest), id);
      },
    },
    ...TIERS.map((tier) => ({
      name: tier,
      ...warmUpOf(tier),
      run: () => {
        const tenant = tenants.pick(tier);
        return test.as(tenant, async () => {
          checkRows(`${tier} find`, await test.platform.contexts.open().em.find(Ticket, { status: 'open' }, newest), tenant.id);
        });
      },
    })),
  ];
}

function flushes({ test, tenants }: BenchWorld, orm: MikroORM): Variant[] {
  return [
    {
      name: 'plain',
      run: async () => {
        const em = orm.em.fork();
        em.create(Ticket, { ...TICKET, labels: [], tenantId: tenants.pick('row').id });
        await em.flush();
      },
    },
    ...TIERS.map((tier) => ({
      name: tier,
      run: () => {
        const tenant = tenants.pick(tier);
        return test.as(tenant, async () => {
          const { em } = test.platform.contexts.open();
          const ticket = em.create(Ticket, { ...TICKET, labels: [], tenantId: tenant.id });
          await em.flush();
          checkRows(`${tier} flush`, [ticket], tenant.id, 1);
        });
      },
    })),
  ];
}
