import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { createHttpApp } from '#main/http/http-app.js';
import { openPlatform } from '#main/platform.js';
import { startWorkerApp } from '#main/worker-app.js';
import { TenantSql } from '#testing/tenant-sql.js';
import { until } from '#testing/faults/until.js';
import { LifecycleStage } from '#testing/lifecycle/lifecycle-stage.js';
import { TestMembers } from '#testing/members.js';
import { type TestPlatform, TIERS } from '#testing/test-platform.js';

describe('a company that its owner cancels', () => {
  let stage: LifecycleStage;
  let tests: TestPlatform;
  const endings: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    stage = await LifecycleStage.open();
    ({ tests } = stage);
  });
  afterAll(async () => {
    for (const end of endings.reverse()) await end();
    await stage.close();
  });

  it.each(TIERS)('is closed by the platform, at every process, once, and no other with it (%s tier)', async (tier) => {
    const log = pino({ level: 'silent' });
    const platform = await openPlatform(tests.platform.config, log, { jobsPrefix: `spec-${randomBytes(6).toString('hex')}:` });
    endings.push(() => platform.close());
    const app = await createHttpApp(platform);
    endings.push(() => app.close());
    const gate = { refusal: () => Promise.resolve(null) };
    const worker = await startWorkerApp(platform, {
      gate,
      concurrency: 2,
      sweepMs: 500,
      leaseMs: 1_500,
      againAfterMs: 1_200,
      lockMs: 1_000,
    });
    endings.push(() => worker.stop(5_000));
    const { acme, globex } = await tests.pair(tier);
    const people = new TestMembers(tests);
    const [owner, neighbour] = [await people.signedIn(acme, 'owner'), await people.signedIn(globex, 'owner')];
    const ask = (method: 'GET' | 'DELETE', headers: Record<string, string>) =>
      app.inject({ method, url: '/api/companies/me', headers: { ...headers, 'if-match': '*' } });
    expect((await ask('DELETE', owner.bearer)).statusCode).toBe(202);
    await until(async () => (await stage.works(acme, 'lifecycle.cancel')).length === 1, 15_000);
    const jobs = () => new TenantSql(platform).run(acme, `select state from tenancy.outbox where name = 'lifecycle.cancel-tenant'`);
    await until(async () => (await jobs())[0]?.['state'] === 'done', 5_000);
    expect((await ask('GET', owner.bearer)).statusCode).toBe(200);
    expect((await stage.drive(acme, 'lifecycle.cancel')).map(({ state }) => state)).toEqual(['done']);
    await until(async () => (await ask('GET', owner.bearer)).statusCode === 410, 5_000);
    const cancelled = await tests.provisioning.tenants.get(acme.id);
    expect([cancelled.status, (await tests.provisioning.tenants.get(globex.id)).status]).toEqual(['cancelled', 'active']);
    expect((await ask('GET', neighbour.bearer)).statusCode).toBe(200);
    // What was asked for once is not done again to a tenant that was brought back.
    expect((await stage.lifecycle.reactivate(acme.id, { reason: 'a spec' })).tenant.status).toBe('active');
    await until(async () => (await jobs()).length === 1, 5_000);
    expect([await jobs(), (await stage.works(acme, 'lifecycle.cancel')).length]).toEqual([[{ state: 'done' }], 1]);
  });
});
