import { randomUUIDv7 } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { TestMembers, type TestMember } from '#testing/members.js';
import { SseReader } from '#testing/notifications/sse-reader.js';
import { startProduct } from '#testing/product-process.js';
import { TIERS, type Tier } from '#testing/test-platform.js';
import type { BenchWorld } from '#tools/bench/bench-world.js';
import type { BenchCase } from '#tools/bench/cases/bench-case.js';
import { printTable, short } from '#tools/bench/print-table.js';
import { quantile } from '#tools/bench/statistics.js';
import { ticketCommented } from '#plugins/tickets/ticket.events.js';

const WARM_UP = 20;
/** Events of one tier for each cycle of the run. */
const A_CYCLE = 10;
const AGAIN_AFTER_MS = 15_000;

interface Subject {
  readonly tier: Tier;
  readonly tenant: Tenant;
  readonly member: TestMember;
  readonly ticketId: string;
  readonly reader: SseReader;
}

/** From the commit of what somebody did to the event on somebody else's stream: outbox, doorbell, queue, a worker's transaction and an api, each a process. */
export const notificationsCase: BenchCase = {
  name: 'notifications',
  run: async (world) => {
    const worker = await startProduct('worker');
    const api = await startProduct('api');
    const subjects: Subject[] = [];
    try {
      await untilIdle(world);
      for (const tier of TIERS) subjects.push(await subjectOf(world, tier, api.port));
      const found = new Map<Tier, number[]>(TIERS.map((tier) => [tier, []]));
      for (let event = 0; event < WARM_UP + world.options.cycles * A_CYCLE; event += 1) {
        for (const subject of subjects) {
          const milliseconds = await measure(world, subject);
          if (event >= WARM_UP) found.get(subject.tier)?.push(milliseconds);
        }
      }
      record(world, found);
    } finally {
      for (const { reader } of subjects) reader.close();
      await Promise.all([worker.end(), api.end()]);
    }
  },
};

/** What the making of the tenants left to do is not what is measured. */
async function untilIdle({ test }: BenchWorld): Promise<void> {
  while ((await test.platform.overseer.tenantsWithWork(AGAIN_AFTER_MS)).length > 0) await pause(200);
}

async function subjectOf({ test, tenants, sql }: BenchWorld, tier: Tier, port: number): Promise<Subject> {
  const [tenant] = tenants.of(tier);
  if (!tenant) throw new TypeError('there is a tenant of every tier');
  const member = await new TestMembers(test).signedIn(tenant, 'member');
  const [ticket] = await sql.run(tenant, 'select id from tickets limit 1');
  return { tier, tenant, member, ticketId: String(ticket?.['id']), reader: await SseReader.open(port, member.bearer) };
}

async function measure({ test }: BenchWorld, { tenant, member, ticketId, reader }: Subject): Promise<number> {
  const { contexts, outbox } = test.platform;
  const shown = reader.next();
  const fact = { ticketId, commentId: randomUUIDv7(), version: 1, actorId: null, assigneeId: member.id, openedBy: null };
  await test.as(tenant, () => contexts.transaction(async () => outbox.publish(ticketCommented, fact)));
  const committed = performance.now();
  await shown;
  return performance.now() - committed;
}

function record({ book }: BenchWorld, found: ReadonlyMap<Tier, readonly number[]>): void {
  const rows = [...found].map(([tier, values]) => {
    const [p50, p99] = [quantile(values, 0.5), quantile(values, 0.99)];
    const same = { unit: 'ms', baseline: null, ratio: null, runs: values.length };
    book.add({
      ...same,
      name: `notifications/${tier} p50`,
      value: p50,
      spread: { low: quantile(values, 0.25), high: quantile(values, 0.75) },
    });
    book.add({ ...same, name: `notifications/${tier} p99`, value: p99, spread: null, details: { most: Math.max(...values) } });
    return [tier, short(p50), short(quantile(values, 0.9)), short(p99), short(Math.max(...values))];
  });
  printTable('notifications: milliseconds from commit to the event on a stream', ['tier', 'p50', 'p90', 'p99', 'most'], rows);
}
