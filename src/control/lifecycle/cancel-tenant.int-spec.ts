import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { createHttpApp } from '#main/http/http-app.js';
import { openPlatform } from '#main/platform.js';
import { startWorkerApp } from '#main/worker-app.js';
import { until } from '#testing/faults/until.js';
import { TestMembers } from '#testing/members.js';
import { TestPlatform, TIERS } from '#testing/test-platform.js';

describe('a company that its owner cancels', () => {
  let tests: TestPlatform;
  const endings: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    tests = await TestPlatform.open();
  });
  afterAll(async () => {
    for (const end of endings.reverse()) await end();
    await tests.close();
  });

  it.each(TIERS)('is closed by a worker, at every process, and no other with it (%s tier)', async (tier) => {
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
    await until(async () => (await ask('GET', owner.bearer)).statusCode === 410, 15_000);
    const cancelled = await tests.provisioning.tenants.get(acme.id);
    expect([cancelled.status, (await tests.provisioning.tenants.get(globex.id)).status]).toEqual(['cancelled', 'active']);
    expect((await ask('GET', neighbour.bearer)).statusCode).toBe(200);
  });
});
