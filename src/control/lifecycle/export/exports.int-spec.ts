import { randomBytes, randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { EXPORT_PLACE } from '#control/lifecycle/export/export-place.js';
import type { ExportView } from '#control/lifecycle/export/export.schemas.js';
import { SweepExports } from '#control/lifecycle/export/sweep-exports.job.js';
import { Clock } from '#kernel/work/clock.js';
import { createHttpApp } from '#main/http/http-app.js';
import { openPlatform } from '#main/platform.js';
import { startWorkerApp } from '#main/worker-app.js';
import { until } from '#testing/faults/until.js';
import { shortOf } from '#testing/member-stage.js';
import { TestMembers } from '#testing/members.js';
import { TestPlatform, TIERS } from '#testing/test-platform.js';

describe.each(TIERS)('an export that an owner asks for (%s tier)', (tier) => {
  let tests: TestPlatform;
  const endings: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    tests = await TestPlatform.open();
  });
  afterAll(async () => {
    for (const end of endings.reverse()) await end();
    await tests.close();
  });

  it('is made by a worker, is theirs alone, is on record, and goes after seven days', async () => {
    const platform = await openPlatform(tests.platform.config, pino({ level: 'silent' }), {
      jobsPrefix: `spec-${randomBytes(6).toString('hex')}:`,
    });
    endings.push(() => platform.close());
    const app = await createHttpApp(platform);
    endings.push(() => app.close());
    const gate = { refusal: () => Promise.resolve(null) };
    const pace = { concurrency: 2, sweepMs: 500, leaseMs: 5_000, againAfterMs: 4_000, lockMs: 3_000 };
    const worker = await startWorkerApp(platform, { ...pace, gate });
    endings.push(() => worker.stop(5_000));
    const { acme, globex } = await tests.pair(tier);
    const people = new TestMembers(tests);
    const [owner, admin] = [await people.signedIn(acme, 'owner'), await people.signedIn(acme, 'admin')];
    const stranger = await people.signedIn(globex, 'owner');
    const ask = (method: 'GET' | 'POST', url: string, { bearer }: { bearer: Record<string, string> }) =>
      app.inject({ method, url, headers: { ...bearer, ...(method === 'POST' && { 'idempotency-key': randomUUID() }) } });

    expect(shortOf(await ask('POST', '/api/exports', admin))).toEqual([403, 'access.denied']);
    const asked = await ask('POST', '/api/exports', owner);
    expect([asked.statusCode, asked.json<ExportView>().state]).toEqual([202, 'pending']);
    const url = `/api/exports/${asked.json<ExportView>().id}`;
    await until(async () => (await ask('GET', url, owner)).json<ExportView>().state === 'ready', 60_000);
    expect(shortOf(await ask('GET', url, stranger))).toEqual([404, 'lifecycle.export-not-found']);
    expect(shortOf(await ask('GET', `${url}/content`, stranger))).toEqual([404, 'lifecycle.export-not-found']);
    const content = await ask('GET', `${url}/content`, owner);
    expect([content.statusCode, content.headers['content-type']]).toEqual([200, 'application/x-tar']);
    expect(content.rawPayload.subarray(0, 100).toString()).toContain(`${acme.slug}/manifest.json`);
    expect(content.body).toContain(owner.id);
    expect(content.body).not.toContain(stranger.id);

    const record = (await ask('GET', '/api/audit/events?limit=50', owner)).json<{ data: { action: string }[] }>();
    expect(record.data.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['lifecycle.export-asked', 'lifecycle.exported', 'lifecycle.export-read']),
    );
    const sweep = (days: number) => {
      const clock = Object.assign(new Clock(), { now: () => new Date(Date.now() + days * 86_400_000) });
      return tests.as(acme, () => new SweepExports(platform.objects, clock).handle({}, { signal: new AbortController().signal }));
    };
    const count = () =>
      tests.as(acme, async () => {
        const sizes: number[] = [];
        for await (const { size } of platform.objects.list([EXPORT_PLACE])) sizes.push(size);
        return sizes.length;
      });
    await sweep(6.9);
    expect(await count()).toBe(1);
    await sweep(7.1);
    expect([await count(), shortOf(await ask('GET', url, owner))]).toEqual([0, [404, 'lifecycle.export-not-found']]);
  }, 120_000);
});
