import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { report } from '#testing/faults/report.js';
import { until } from '#testing/faults/until.js';
import { generousPlans } from '#testing/generous-plans.js';
import { HASTY, JobsWorld } from '#testing/jobs/jobs-world.js';
import type { WorkerOrder } from '#testing/jobs/worker-process.js';
import { TestMembers } from '#testing/members.js';
import { SseReader } from '#testing/notifications/sse-reader.js';
import { askProduct, type ProductProcess, startProduct } from '#testing/product-process.js';
import { TIERS } from '#testing/test-platform.js';

const WORKER = join(process.cwd(), 'dist/src/testing/jobs/worker-process.js');
/** A second is promised, and printed; a busy machine is given more. */
const WITHIN_MS = 10_000;

describe('a suspension by an operator whom one process serves', () => {
  let world: JobsWorld;
  let one: ProductProcess;
  let other: ProductProcess;
  let worker: ChildProcess;

  beforeAll(async () => {
    world = await JobsWorld.open();
    const settings = await generousPlans();
    const order: WorkerOrder = { world: world.name, patience: HASTY, concurrency: 4, kill: null };
    worker = fork(WORKER, [JSON.stringify(order)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: ['--no-warnings'] });
    [one, other] = await Promise.all([startProduct('api', settings), startProduct('api', settings), once(worker, 'message')]);
  }, 120_000);
  afterAll(async () => {
    await Promise.all([one.end(), other.end()]);
    worker.kill('SIGTERM');
    if (worker.exitCode === null) await once(worker, 'exit');
    await world.close();
  });

  const list = async ({ port }: ProductProcess, headers: Record<string, string>): Promise<unknown[]> => {
    const { status, body } = await askProduct(port, 'GET', '/api/tickets', headers);
    return status < 400 ? [status] : [status, (body as { code: string }).code];
  };
  const jobOf = async (tenant: Tenant): Promise<string | undefined> => (await world.jobs(tenant))[0]?.state;
  const byOperator = (verb: 'suspend' | 'reinstate', { id }: Tenant): Promise<{ status: number }> => {
    const headers = { host: 'admin.localhost', authorization: `Bearer ${world.tests.platform.config.OPERATOR_TOKEN}` };
    return askProduct(one.port, 'POST', `/api/platform/tenants/${id}/${verb}`, headers, { reason: 'a spec' });
  };

  it.each(TIERS)(
    'is in force in another within a second, for requests, keys, streams and jobs, and for no neighbour (%s tier)',
    async (tier) => {
      const { acme, globex } = await world.tests.pair(tier);
      const people = new TestMembers(world.tests);
      const [ada, eve] = [await people.signedIn(acme, 'admin'), await people.signedIn(globex, 'admin')];
      const keyOf = async (tenant: Tenant): Promise<Record<string, string>> => ({
        host: `${tenant.slug}.localhost`,
        'x-api-key': await world.tests.apiKey(tenant),
      });
      const [key, theirs] = [await keyOf(acme), await keyOf(globex)];
      const [mine, neighbours] = [await SseReader.open(other.port, ada.bearer), await SseReader.open(other.port, eve.bearer)];
      expect([mine.status, neighbours.status]).toEqual([200, 200]);
      await world.enqueue(acme, [{ n: 1, ms: 8_000 }]);
      await world.enqueue(globex, [{ n: 1, ms: 8_000 }]);
      await until(async () => (await jobOf(acme)) === 'running' && (await jobOf(globex)) === 'running', 15_000);
      for (const process of [one, other]) for (const who of [ada.bearer, key]) expect(await list(process, who)).toEqual([200]);

      const begun = performance.now();
      const since = (): number => performance.now() - begun;
      /** When it was served for the last time, by when it was refused for the first. */
      const refusedAfter = async (who: Record<string, string>): Promise<number> => {
        for (let served = 0; ; served = since()) {
          const answer = await list(other, who);
          if (answer[0] !== 200) {
            expect(answer).toEqual([402, 'tenant.suspended']);
            return served;
          }
          if (served > WITHIN_MS) throw new Error('it was served all the time');
          await pause(2);
        }
      };
      const when = async (isSo: () => boolean | Promise<boolean>): Promise<number> => {
        await until(isSo, WITHIN_MS);
        return since();
      };
      const [{ status }, request, byKey, stream, job] = await Promise.all([
        byOperator('suspend', acme),
        refusedAfter(ada.bearer),
        refusedAfter(key),
        when(() => mine.isOver),
        when(async () => (await jobOf(acme)) === 'pending'),
      ]);
      report(
        `suspended in another process (${tier}): requests were served until ${request.toFixed(0)} ms, by key until ${byKey.toFixed(0)}, ` +
          `the stream was over after ${stream.toFixed(0)}, the running job was parked after ${job.toFixed(0)}`,
      );
      expect(status).toBe(200);
      for (const process of [one, other])
        for (const who of [ada.bearer, key]) expect(await list(process, who)).toEqual([402, 'tenant.suspended']);
      expect((await SseReader.open(other.port, ada.bearer)).status).toBe(402);
      expect(await world.marks(acme, 'free')).toEqual([]);

      expect([neighbours.isOver, await list(other, theirs), await list(other, eve.bearer)]).toEqual([false, [200], [200]]);
      await until(async () => (await jobOf(globex)) === 'done', 30_000);
      expect([await world.marks(globex, 'free'), (await world.jobs(globex))[0]?.attempt]).toEqual([[1], 1]);

      expect((await byOperator('reinstate', acme)).status).toBe(200);
      await until(async () => (await list(other, key))[0] === 200, WITHIN_MS);
      await until(async () => (await jobOf(acme)) === 'done', 30_000);
      expect(await world.marks(acme, 'free')).toEqual([1]);
      neighbours.close();
    },
    120_000,
  );
});
