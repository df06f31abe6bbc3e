import { randomUUIDv7 } from 'node:crypto';
import { atDatabase } from '#adapters/postgres/session.js';
import { clusterNamed } from '#control/provisioning/cluster.js';
import { TIERS } from '#testing/test-platform.js';
import type { BenchWorld } from '#tools/bench/bench-world.js';
import type { BenchCase } from '#tools/bench/cases/bench-case.js';
import { warmUpOf } from '#tools/bench/cases/statement.case.js';
import type { Variant } from '#tools/bench/interleave.js';
import { addOutbox } from '#tools/bench/plain-schema.js';
import { runRace } from '#tools/bench/throughput.js';
import { checkRows, insertText, newRow } from '#tools/bench/ticket-rows.js';

const OUTBOX = 'insert into plain.bench_outbox (tenant_id, id, kind, payload) values ($1, $2, $3, $4) returning tenant_id';
const BOTH = (schema: string): string => `with ticket as (${insertText(`${schema}tickets`)}),
  told as (insert into ${schema}bench_outbox (tenant_id, id, kind, payload) select tenant_id, $13, $14, $15 from ticket returning tenant_id)
  select tenant_id from told`;
const EVENT = ['ticket.opened', JSON.stringify({ by: 'bench' })];

/** A ticket and the event that tells of it, in one statement, beside the untenanted transaction of four round trips. */
export const outboxCase: BenchCase = {
  name: 'outbox',
  run: async (world) => {
    const { options, clock, book, tenants } = world;
    const homes = new Map(
      TIERS.flatMap((tier) => tenants.of(tier)).map(({ placement }) => [`${placement.database}/${placement.schema}`, placement]),
    );
    for (const { cluster, database, schema } of homes.values()) {
      await addOutbox(atDatabase(clusterNamed(cluster, tenants.clusters).migratorUrl, database), schema);
    }
    const race = { name: 'outbox', variants: variants(world) };
    for (const [index, concurrency] of [16, 1, 64].entries()) {
      await runRace(race, { concurrency, cycles: options.cycles, sliceMs: 40, isWarm: index > 0 }, clock, book);
    }
  },
};

function variants({ plain, tenants, sql }: BenchWorld): Variant[] {
  const check = (name: string, id: string, rows: readonly unknown[]): void => checkRows(name, rows, id, 1);
  return [
    {
      name: 'plain transaction',
      run: async () => {
        const { id } = tenants.pick('row');
        const event = { text: OUTBOX, values: [id, randomUUIDv7(), ...EVENT] };
        check('plain transaction', id, await plain.transaction([{ text: insertText('plain.tickets'), values: newRow(id) }, event]));
      },
    },
    {
      name: 'plain one statement',
      run: async () => {
        const { id } = tenants.pick('row');
        check('plain one statement', id, await plain.query(BOTH('plain.'), [...newRow(id), randomUUIDv7(), ...EVENT]));
      },
    },
    ...TIERS.map((tier) => ({
      name: tier,
      ...warmUpOf(tier),
      run: async () => {
        const tenant = tenants.pick(tier);
        check(tier, tenant.id, await sql.run(tenant, BOTH(''), [...newRow(tenant.id), randomUUIDv7(), ...EVENT]));
      },
    })),
  ];
}
