import { Kysely, type LogEvent } from 'kysely';
import { atDatabase, identifier, withSession } from '#adapters/postgres/session.js';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { TenantDialect } from '#kernel/isolation/tenant-dialect.js';
import { PageCursors } from '#kernel/plugin/page-cursor.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import { fillTickets, WORDS_OF_MANY } from '#testing/many-tickets.js';
import { TestMembers } from '#testing/members.js';
import { TenantSql } from '#testing/tenant-sql.js';
import { TestPlatform, TIERS, type Tier } from '#testing/test-platform.js';
import { termsOf } from './search/ticket-terms.js';
import { TicketList } from './ticket-list.js';
import { ListTickets, type TicketPage } from './ticket.schemas.js';

const MANY = 100_000;
const PAGE = 50;
/** Of each table: what a page costs when an index gives it in its order. */
const PAGE_ROWS = 4 * (PAGE + 1) + 10;

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly PlanNode[];
}

/** What a list cost, over all its statements. */
interface Cost {
  readonly scans: string[];
  readonly touched: number;
  readonly sorted: number;
  readonly blocks: number;
}

describe.each(TIERS)('lists of 100,000 tickets under row-level security in the %s tier', (tier: Tier) => {
  let test: TestPlatform;
  let acme: Tenant;
  let globex: Tenant;
  let member: string;
  let lists: TicketList;
  const sent: { text: string; values: readonly unknown[] }[] = [];

  beforeAll(async () => {
    test = await TestPlatform.open();
    ({ acme, globex } = await test.pair(tier));
    const { platform, provisioning } = test;
    const people = new TestMembers(test);
    ({ id: member } = await people.member(acme));
    await fillTickets(provisioning.clusters, acme, MANY, member);
    await fillTickets(provisioning.clusters, globex, 20_000, (await people.member(globex)).id);
    const log = ({ level, query }: LogEvent): void => {
      if (level === 'query') sent.push({ text: query.sql, values: query.parameters });
    };
    const kysely = new Kysely<unknown>({ dialect: new TenantDialect(platform.routing), log });
    const contexts = new TenantContextFactory(platform.tenantOrm, kysely, () => undefined);
    lists = new TicketList(contexts, new PageCursors(platform.signing), platform.access);
  }, 240_000);
  afterAll(() => test.close());

  const page = (query: object, tenant = acme): Promise<TicketPage> => {
    const asked = ListTickets.parse({ limit: PAGE, ...query });
    const principal = { kind: 'member', id: member, tenantId: tenant.id, sessionId: null } as const;
    const platform = WorkOrigin.current();
    // As the platform, which may see all; but `me` is somebody.
    const origin = asked.assigneeId === 'me' ? { ...platform, principal } : platform;
    return test.as(tenant, () => WorkOrigin.run(origin, () => lists.page(asked)));
  };

  /** The statements of a list as the server plans them for whomever they come from, and carries them out. */
  const costOf = async (query: object): Promise<Cost> => {
    sent.length = 0;
    await page(query);
    const statements = [...sent];
    const { cluster, database, schema } = acme.placement;
    const { provisionUrl } = test.platform.clusters.find(({ name }) => name === cluster)!;
    const capability = test.platform.keys.present({ tenantId: acme.id, epoch: acme.placement.epoch, cluster });
    const nodes: PlanNode[] = [];
    await withSession(atDatabase(String(provisionUrl), database), async (session) => {
      await session.query('begin');
      await session.query(`set local search_path to ${identifier(schema)}, pg_temp`);
      await session.query('set local plan_cache_mode to force_generic_plan');
      await session.query(`set local role ${tier === 'database' ? identifier(database) : 'tenantry_app'}`);
      await session.query(`select set_config('tenant.capability', $1, true)`, [capability]);
      for (const { text, values } of statements) {
        await session.query(`prepare asked as ${text}`);
        const literals = values.map((value) => literalOf(value)).join(', ');
        const { rows } = await session.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
          `explain (analyze, buffers, format json) execute asked${literals && `(${literals})`}`,
        );
        nodes.push(rows[0]!['QUERY PLAN'][0].Plan);
        await session.query('deallocate asked');
      }
      await session.query('rollback');
    });
    const all = nodes.flatMap((node) => below(node));
    const scans = all.filter((node) => node['Relation Name'] !== undefined);
    return {
      scans: scans.map((node) => node['Node Type']),
      touched: sum(scans.map((node) => (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'])),
      sorted: Math.max(
        0,
        ...all
          .filter((node) => node['Node Type'].endsWith('Sort'))
          .flatMap(({ Plans = [] }) => Plans.map((one) => one['Actual Rows'] * one['Actual Loops'])),
      ),
      blocks: sum(nodes.map((node) => node['Shared Hit Blocks'] + node['Shared Read Blocks'])),
    };
  };

  it('has tickets with the terms that the product would give them', async () => {
    const sql = new TenantSql(test.platform);
    const rows = await sql.run(
      acme,
      `select title, description, labels, (select json_agg(term order by term) from ticket_term where ticket_id = tickets.id) as terms
       from tickets order by created_at desc limit 30`,
    );
    for (const { terms, ...ticket } of rows)
      expect(terms).toEqual(termsOf(ticket as never).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  });

  it.each<[string, object]>([
    ['all, newest first', {}],
    ['one status', { status: 'open' }],
    ['two statuses', { status: 'open,cancelled' }],
    ['three statuses', { status: 'open,in_progress,cancelled' }],
    ['somebody’s', { assigneeId: 'ASSIGNEE' }],
    ['nobody’s', { assigneeId: 'none' }],
    ['one priority', { priority: 'urgent' }],
    ['a span of time', { createdFrom: '2025-01-10T00:00:00Z', createdTo: '2025-01-20T00:00:00Z' }],
    ['what is due', { dueBefore: '2029-12-31T00:00:00Z' }],
    ['by due date', { sort: 'dueAt' }],
    ['by last change', { sort: 'updatedAt' }],
    ['a label of many', { label: 'label 3' }],
    ['a label of few', { label: 'rare' }],
    ['a label of none', { label: 'nobody has it' }],
  ])('reads no more than a page: %s', async (_name, query) => {
    const asked = 'assigneeId' in query && query.assigneeId === 'ASSIGNEE' ? { assigneeId: member } : query;
    for (const more of [{}, { cursor: (await page(asked)).nextCursor }]) {
      if (more.cursor === null) continue;
      const { scans, touched, sorted, blocks } = await costOf({ ...asked, ...more });
      expect(scans.filter((scan) => /^(Seq|Bitmap Heap|Tid)/.test(scan))).toEqual([]);
      expect(scans).not.toEqual([]);
      expect(touched).toBeLessThanOrEqual(PAGE_ROWS);
      expect(sorted).toBeLessThanOrEqual(4 * (PAGE + 1));
      expect(blocks).toBeLessThan(1_500);
    }
  });

  const { all, half, some, few, oldest } = WORDS_OF_MANY;
  it.each<[string, object, number]>([
    ['a word that all have', { q: all }, PAGE],
    ['a word that half have', { q: half }, PAGE],
    ['a word of some', { q: some }, PAGE],
    ['a word of few', { q: few }, 10],
    ['no such word', { q: 'nothing' }, 0],
    ['the beginning of a thousand words', { q: 'w' }, PAGE],
    ['the beginning of some words', { q: 'word12' }, PAGE],
    ['a frequent and a rare word', { q: `${all} ${few}` }, 10],
    ['two frequent words', { q: `${all} ${half}` }, PAGE],
    ['a word and a status', { q: half, status: 'completed' }, PAGE],
    ['a word and a label', { q: half, label: 'label 4' }, PAGE],
    ['a word of some by due date', { q: some, sort: 'dueAt' }, PAGE],
    ['a label of many by last change', { label: 'label 3', sort: 'updatedAt' }, PAGE],
  ])('searches at a bounded price: %s', async (_name, query, found) => {
    const { scans, touched, sorted } = await costOf(query);
    expect(scans.filter((scan) => /^(Seq|Bitmap Heap|Tid)/.test(scan))).toEqual([]);
    // Each range is counted to 4,001 entries at most, and 4,000 gathered or 2,000 gone through.
    expect(touched).toBeLessThanOrEqual(20_000);
    expect(sorted).toBeLessThanOrEqual(4_001);
    expect((await page(query)).data).toHaveLength(found);
    const times: number[] = [];
    for (let n = 0; n < 20; n += 1) {
      const begin = performance.now();
      await page(query);
      times.push(performance.now() - begin);
    }
    // The bench has the number that is promised; here the machine may be busy.
    expect(times.sort((a, b) => a - b)[10]).toBeLessThan(250);
  });

  it('goes on from a page that is not full, when what is looked for is frequent and far from where the list begins', async () => {
    const titles = new Set<string>();
    let cursor: string | null | undefined;
    let pages = 0;
    do {
      const found: TicketPage = await page({ q: oldest, limit: 100, ...(cursor && { cursor }) });
      for (const { id, description } of found.data) {
        expect(description).toContain(oldest);
        titles.add(id);
      }
      cursor = found.nextCursor;
      pages += 1;
    } while (cursor && pages < 200 && titles.size < 300);
    expect(titles.size).toBeGreaterThanOrEqual(300);
    expect(pages).toBeLessThan(20);
  });

  it('finds what is the tenant’s own, however much of it the neighbour has', async () => {
    for (const query of [{ q: all }, { q: few }, { label: 'rare' }, { q: `${half} ${few}` }]) {
      const [ours, theirs] = [await page(query), await page(query, globex)];
      const ids = new Set(ours.data.map(({ id }) => id));
      expect(theirs.data.filter(({ id }) => ids.has(id))).toEqual([]);
    }
    expect((await page({ q: few }, globex)).data).toHaveLength(2);
    const sql = new TenantSql(test.platform);
    const [row] = await sql.run(globex, `select count(*)::integer as n, count(distinct tenant_id)::integer as tenants from ticket_term`);
    expect(row).toMatchObject({ tenants: 1 });
  });
});

function below(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(below)];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function literalOf(value: unknown): string {
  if (value instanceof Date) return `'${value.toISOString()}'`;
  return typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
}
