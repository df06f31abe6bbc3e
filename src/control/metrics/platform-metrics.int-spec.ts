import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { openCatalog } from '#catalog/catalog-orm.js';
import { MonthlyRevenue } from '#catalog/rollups/monthly-revenue.js';
import { TenantRollups } from '#catalog/rollups/tenant-rollups.js';
import { atDatabase, identifier } from '#adapters/postgres/session.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { TestMembers } from '#testing/members.js';
import { OperatorStage, type TestOperator } from '#testing/operators/operator-stage.js';
import { TIERS } from '#testing/test-platform.js';
import { CountTenant } from './count-tenant.job.js';
import { LiveFigures } from './live-figures.js';
import type { MetricsView } from './metrics.schemas.js';
import { TenantCounter } from './tenant-counter.js';

describe.each(TIERS)('figures of the whole platform (%s tier)', (tier) => {
  let stage: OperatorStage;
  let ops: TestOperator;
  let acme: Tenant;
  let globex: Tenant;
  let counter: TenantCounter;
  let job: CountTenant;
  let rollups: TenantRollups;

  beforeAll(async () => {
    stage = await OperatorStage.open();
    ops = await stage.signedIn('support');
    ({ acme, globex } = await stage.tests.pair(tier));
    const { catalog, contexts, plugins, members } = stage.tests.platform;
    rollups = new TenantRollups(catalog);
    counter = new TenantCounter(
      contexts,
      plugins.flatMap(({ counts = [] }) => counts),
      members.clock,
    );
    job = new CountTenant(counter, rollups, members.clock);
    const people = new TestMembers(stage.tests);
    await people.signedIn(acme, 'member');
    await people.member(acme, { status: 'disabled' });
  });
  afterAll(() => stage.close());

  const read = async (query = ''): Promise<MetricsView> => (await stage.ask('GET', `/api/platform/metrics${query}`, ops.bearer)).json();

  it('count a tenant in its own scope: its people, who of them was here, its tickets and files; and its version', async () => {
    const headers = { host: `${acme.slug}.localhost`, 'x-api-key': await stage.tests.apiKey(acme) };
    for (const title of ['one', 'two', 'three'])
      await stage.ask('POST', '/api/tickets', { ...headers, 'idempotency-key': randomUUID() }, { title });
    for (const tenant of [acme, globex]) await stage.tests.as(tenant, () => job.handle());
    const [ofAcme, ofGlobex] = await Promise.all([rollups.of(acme.id), rollups.of(globex.id)]);
    expect(ofAcme).toMatchObject({
      users: 2,
      activeUsers30d: 1,
      tickets: 3,
      storageBytes: 0,
      schemaVersion: expect.stringMatching(/^\d{4}-/),
    });
    expect(ofGlobex).toMatchObject({ users: 1, activeUsers30d: 0, tickets: 0, schemaVersion: ofAcme?.schemaVersion });
    const shown = await stage.ask('GET', `/api/platform/tenants/${acme.slug}`, ops.bearer);
    expect(shown.json()).toMatchObject({
      schemaVersion: ofAcme?.schemaVersion,
      usage: { users: 2, tickets: 3, countedAt: ofAcme?.countedAt.toISOString() },
    });
  });

  it('keep the newest count, and none of a tenant that is gone', async () => {
    const at = new Date();
    const counts = { users: 7, activeUsers30d: 7, tickets: 7, storageBytes: 7, schemaVersion: null };
    await rollups.put(acme.id, { ...counts, countedAt: new Date(at.getTime() - 86_400_000) });
    expect(await rollups.of(acme.id)).toMatchObject({ users: 2 });
    await rollups.put('01970000-0000-7000-8000-00000000000e', { ...counts, countedAt: at });
    expect(await rollups.of('01970000-0000-7000-8000-00000000000e')).toBeNull();
  });

  it('come from what was counted, with how fresh each is and how many tenants are missing', async () => {
    const before = await read();
    const uncounted = await stage.tests.tenant('row');
    const view = await read();
    expect(view).toMatchObject({
      source: 'rollups',
      complete: false,
      unreachable: [],
      tenants: { byStatus: { active: expect.any(Number) } },
    });
    expect(view.users.missing).toBeGreaterThanOrEqual(1);
    expect(view.users.value).toBeGreaterThanOrEqual(3);
    expect(Date.parse(view.users.oldest ?? '')).toBeLessThanOrEqual(Date.parse(view.users.newest ?? ''));
    expect(view.usage.tickets.value).toBeGreaterThanOrEqual(3);
    expect(view.schemaVersions.map(({ version }) => version)).toContain(null);
    expect(view.connections.clusters).toHaveProperty(acme.placement.cluster);
    await stage.tests.as(uncounted, () => job.handle());
    expect((await rollups.of(uncounted.id))?.countedAt.getTime()).toBeGreaterThan(Date.parse(before.asOf));
  });

  it('come live from every tenant, each asked in its own scope', async () => {
    const { reached, unreachable } = await new LiveFigures({ active: async () => [acme, globex] }, counter).take(10_000);
    expect(reached.map(({ tenant, result }) => [tenant.slug, result.users, result.tickets])).toEqual([
      [acme.slug, 2, 3],
      [globex.slug, 1, 0],
    ]);
    expect(unreachable).toEqual([]);
    expect(TenantScope.current()).toBeUndefined();
  });
});

describe('figures of the whole platform with a database away', () => {
  let stage: OperatorStage;

  beforeAll(async () => {
    stage = await OperatorStage.open();
  });
  afterAll(() => stage.close());

  it('are marked as partial, with whose is missing and why, and are whole again with it', async () => {
    const ops = await stage.signedIn('support');
    const { acme, globex } = await stage.tests.pair('database');
    const cluster = stage.tests.platform.clusters.find(({ name }) => name === acme.placement.cluster);
    const superuser = new pg.Client({ connectionString: String(cluster?.provisionUrl) });
    await superuser.connect();
    const { database } = acme.placement;
    const live = async (): Promise<MetricsView> =>
      (await stage.ask('GET', '/api/platform/metrics?live=true&timeoutMs=3000', ops.bearer)).json();
    const ofOurs = (view: MetricsView) => view.unreachable.filter(({ tenantId }) => [acme.id, globex.id].includes(tenantId));
    try {
      await superuser.query(`alter database ${identifier(database)} with allow_connections false`);
      await superuser.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [database]);
      const view = await live();
      expect([view.source, view.complete, ofOurs(view)]).toEqual([
        'live',
        false,
        [{ tenantId: acme.id, slug: acme.slug, reason: expect.stringMatching(/^(tenant\.unavailable|timeout)$/) }],
      ]);
      expect([view.users.missing, view.users.value]).toEqual([view.unreachable.length, expect.any(Number)]);
    } finally {
      await superuser.query(`alter database ${identifier(database)} with allow_connections true`);
      await superuser.end();
    }
  });

  it('are not to be had without the catalog, and the answer says so', async () => {
    const away = await OperatorStage.open({ CATALOG_DATABASE_URL: 'postgres://nobody:nothing@127.0.0.1:9/nowhere' });
    const answer = await away.ask('GET', '/api/platform/metrics', away.token);
    expect([answer.statusCode, answer.json<{ code: string }>().code, answer.headers['retry-after']]).toEqual([
      503,
      'catalog.unavailable',
      '5',
    ]);
    expect((await away.ask('GET', '/api/platform/auth/me', away.token)).statusCode).toBe(200);
    expect((await away.login('somebody@example.test')).json()).toMatchObject({ code: 'catalog.unavailable' });
    await away.close();
  });
});

describe('what comes in each month', () => {
  it('is added up by currency over what is paid for, and is not known where nothing is sold', async () => {
    const stage = await OperatorStage.open();
    const { config } = stage.tests.platform;
    const database = new URL(config.CATALOG_DATABASE_URL).pathname.slice(1);
    // One connection, whose own table hides whatever the catalog has.
    const catalog = openCatalog(atDatabase(String(config.CATALOG_PROVISION_URL), database), 1);
    const run = (sql: string): Promise<unknown> => catalog.em.getConnection().execute(sql);
    const nowhere = openCatalog(String(config.CATALOG_PROVISION_URL), 1);
    expect(await new MonthlyRevenue(nowhere).read()).toBeNull();
    await nowhere.close();
    await run(`create temp table billing_subscription (status text, amount bigint, currency text, interval text, interval_count integer)`);
    await run(`insert into billing_subscription values ('active', 4900, 'eur', 'month', 1), ('active', 120000, 'eur', 'year', 1),
      ('past_due', 3000, 'eur', 'month', 3), ('trialing', 4900, 'eur', 'month', 1), ('canceled', 4900, 'eur', 'month', 1), ('active', 9900, 'usd', 'month', 1)`);
    expect(await new MonthlyRevenue(catalog).read()).toEqual([
      { currency: 'eur', monthlyAmount: 4900 + 10_000 + 1_000, subscriptions: 3 },
      { currency: 'usd', monthlyAmount: 9900, subscriptions: 1 },
    ]);
    await catalog.close();
    await stage.close();
  });
});
