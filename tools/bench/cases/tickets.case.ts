import { randomUUID } from 'node:crypto';
import type { JobDeclaration } from '#kernel/jobs/job-handler.js';
import { IdempotencyGate } from '#kernel/idempotency/idempotency-gate.js';
import { JobCatalogue } from '#kernel/jobs/job-catalogue.js';
import { Outbox } from '#kernel/outbox/outbox.js';
import { PageCursors } from '#kernel/plugin/page-cursor.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { ticketOpened } from '#plugins/tickets/ticket.events.js';
import { TicketList } from '#plugins/tickets/ticket-list.js';
import { TICKET_COLUMNS } from '#plugins/tickets/ticket-table.js';
import { ListTickets, type OpenTicket, type TicketView } from '#plugins/tickets/ticket.schemas.js';
import { Meters } from '#workspace/usage/meters.js';
import { TicketsService } from '#plugins/tickets/tickets.service.js';
import { fillTickets, WORDS_OF_MANY } from '#testing/many-tickets.js';
import { TIERS, type Tier } from '#testing/test-platform.js';
import type { BenchWorld } from '#tools/bench/bench-world.js';
import { WrongAnswerError } from '#tools/bench/bench.errors.js';
import type { BenchCase } from '#tools/bench/cases/bench-case.js';
import { warmUpOf } from '#tools/bench/cases/statement.case.js';
import type { Variant } from '#tools/bench/interleave.js';
import { printTable, short } from '#tools/bench/print-table.js';
import { median, quantile } from '#tools/bench/statistics.js';
import { runRace } from '#tools/bench/throughput.js';

const PAGE = 20;
const MANY = 100_000;
const SEARCHES = 400;
const TICKET: OpenTicket = {
  title: 'Printer on the second floor is out of toner',
  description: 'It says so on its display, and has said so since Monday.',
  priority: 'normal',
  assigneeId: null,
  labels: ['printer'],
  dueAt: null,
};

/** The product's list, write and search of tickets, through its services. */
export const ticketsCase: BenchCase = {
  name: 'tickets',
  run: async (world) => {
    const { options, clock, book } = world;
    const lists = { name: 'ticket list', variants: listsOf(world) };
    const writes = { name: 'ticket write', ...writesOf(world) };
    for (const [index, concurrency] of [1, 16].entries())
      await runRace(lists, { concurrency, cycles: options.cycles, sliceMs: 60, isWarm: index > 0 }, clock, book);
    for (const [index, concurrency] of [1, 16].entries())
      await runRace(writes, { concurrency, cycles: options.cycles, sliceMs: 60, isWarm: index > 0 }, clock, book);
    await search(world);
  },
};

/** The list of one status as a door asks for it, beside its statement without tenancy and without the product. */
function listsOf({ test, tenants, plain }: BenchWorld): Variant[] {
  const lists = listOf(test);
  const asked = ListTickets.parse({ status: 'open', limit: PAGE });
  const columns = TICKET_COLUMNS.join(', ');
  const text = `select ${columns} from tickets where tenant_id = $1 and status = $2 order by created_at desc, id desc limit ${PAGE + 1}`;
  const check = (name: string, rows: number, expected: number): void => {
    if (rows !== expected) throw new WrongAnswerError(name, `${rows} rows instead of ${expected}`);
  };
  return [
    {
      name: 'plain',
      run: async () => {
        const rows = await plain.query(text, [tenants.pick('row').id, 'open']);
        check('plain', rows.length, PAGE + 1);
      },
    },
    ...TIERS.map((tier) => ({
      name: tier,
      ...warmUpOf(tier),
      run: () =>
        test.as(tenants.pick(tier), async () => {
          const { data } = await lists.page(asked);
          check(tier, data.length, PAGE);
        }),
    })),
  ];
}

/** For tickets that are not counted. */
const UNCOUNTED = { count: () => undefined } as unknown as Meters;

/** A ticket opened with its record, its event, its count and its idempotency key, beside the same without the four. */
function writesOf({ test, tenants }: BenchWorld): { variants: Variant[]; against: Record<string, string> } {
  const { contexts, access, audit, signing } = test.platform;
  const bell = { ring: () => undefined };
  const bare = new TicketsService(
    contexts,
    access,
    { record: () => undefined } as never,
    new Outbox(new JobCatalogue([]), bell),
    UNCOUNTED,
  );
  const whole = new TicketsService(
    contexts,
    access,
    audit,
    new Outbox(new JobCatalogue([Told]), bell),
    new Meters(test.platform.plans, test.platform.members.clock),
  );
  const gate = new IdempotencyGate(contexts, signing);
  const once = (): Promise<unknown> =>
    gate.once({ principal: 'bench', route: 'POST /api/tickets', key: randomUUID(), fingerprint: 'bench' }, async () => ({
      status: 201,
      headers: {},
      body: JSON.stringify(await whole.open(TICKET)),
    }));
  const as = (tier: Tier, work: () => Promise<unknown>) => () => test.as(tenants.pick(tier), work);
  return {
    variants: TIERS.flatMap((tier) => [
      { name: `${tier} without`, ...warmUpOf(tier), run: as(tier, () => bare.open(TICKET)) },
      { name: tier, ...warmUpOf(tier), run: as(tier, once) },
    ]),
    against: Object.fromEntries(TIERS.map((tier) => [tier, `${tier} without`])),
  };
}

/** Searches of one tenant with many tickets on each tier, one after the other. */
async function search({ test, book }: BenchWorld): Promise<void> {
  const { all, half, some, few } = WORDS_OF_MANY;
  const kinds = [all, half, some, few, 'nothing', 'w', 'word12', 'word', `${all} ${few}`, `${all} ${half}`, `${half} word1`];
  const lists = listOf(test);
  const rows: string[][] = [];
  for (const tier of TIERS) {
    const tenant = await test.tenant(tier);
    await fillTickets(test.provisioning.clusters, tenant, MANY, randomUUID());
    const times = new Map<string, number[]>(kinds.map((q) => [q, []]));
    for (let n = 0; n < SEARCHES; n += 1) {
      const q = kinds[n % kinds.length] ?? all;
      times.get(q)?.push(await timed(tenant, q));
    }
    const each = [...times.values()].flat();
    const slowest = [...times].map(([q, found]) => ({ q, p95: quantile(found, 0.95) })).sort((a, b) => b.p95 - a.p95)[0];
    const details = { p50Ms: median(each), p99Ms: quantile(each, 0.99), slowest: slowest?.q ?? '', slowestP95Ms: slowest?.p95 ?? NaN };
    const value = quantile(each, 0.95);
    book.add({ name: `ticket search/${tier}`, unit: 'ms', value, baseline: null, ratio: null, runs: each.length, spread: null, details });
    rows.push([tier, short(details.p50Ms), short(value), short(details.p99Ms), details.slowest, short(details.slowestP95Ms)]);
  }
  printTable(`search of ${MANY} tickets, one after the other`, ['tier', 'p50 ms', 'p95 ms', 'p99 ms', 'slowest', 'its p95'], rows);

  function timed(tenant: Tenant, q: string): Promise<number> {
    return test.as(tenant, async () => {
      const asked = ListTickets.parse({ q, limit: 50 });
      const begin = performance.now();
      const { data } = await lists.page(asked);
      const took = performance.now() - begin;
      checkFound(q, data);
      return took;
    });
  }
}

function checkFound(q: string, data: readonly TicketView[]): void {
  const isNone = q === 'nothing';
  if (isNone !== (data.length === 0)) throw new WrongAnswerError(`search for ${q}`, `${data.length} tickets`);
  for (const { title, description } of data)
    for (const word of q.split(' '))
      if (!` ${title} ${description}`.toLowerCase().includes(` ${word}`)) throw new WrongAnswerError(`search for ${q}`, title);
}

function listOf({ platform }: BenchWorld['test']): TicketList {
  return new TicketList(platform.contexts, new PageCursors(platform.signing), platform.access);
}

/** Somebody who wants to hear of new tickets; nobody runs it here. */
class Told {
  static readonly job: JobDeclaration = { name: 'bench.told', on: [ticketOpened], order: 'none', permission: 'platform' };

  async handle(): Promise<void> {
    await Promise.resolve();
  }
}
