import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUIDv7 } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { TestMembers, type TestMember } from '#testing/members.js';
import { SseReader } from '#testing/notifications/sse-reader.js';
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
    const worker = await start('worker', 'working');
    const api = await start('api', 'serving');
    const subjects: Subject[] = [];
    try {
      await untilIdle(world);
      for (const tier of TIERS) subjects.push(await subjectOf(world, tier, Number(new URL(String(api.said['address'])).port)));
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
      for (const { child } of [worker, api]) child.kill('SIGTERM');
    }
  },
};

/** A program of the product in a process of its own, once it says that it is ready. */
async function start(program: 'api' | 'worker', ready: string): Promise<{ child: ChildProcess; said: Record<string, unknown> }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(`../../../src/main/${program}.js`, import.meta.url))], {
    env: { ...process.env, PORT: '0', LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
  createInterface(child.stdout).on('line', (line) => {
    const said = JSON.parse(line) as Record<string, unknown>;
    if (said['msg'] === ready) resolve(said);
  });
  child.once('exit', () => reject(new Error(`The ${program} of the bench ended before it was ready; what it said stands above.`)));
  return { child, said: await promise };
}

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
