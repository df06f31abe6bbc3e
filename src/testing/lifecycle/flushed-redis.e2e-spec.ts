import { Tombstones } from '#catalog/lifecycle/tombstones.js';
import { certificateProblems, fileOf } from '#control/lifecycle/erasure/erasure-certificate.js';
import { FIND_DUE_HOURLY } from '#control/lifecycle/lifecycle-works.js';
import { slotOf } from '#kernel/jobs/schedule.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { startPlatformEngine, type PlatformEngine } from '#main/platform-engine.js';
import { openPlatformWork } from '#main/work-kinds.js';
import { until } from '#testing/faults/until.js';
import { ErasureStage } from '#testing/lifecycle/erasure-stage.js';
import { ServersOfItsOwn } from '#testing/servers-of-its-own.js';
import { TIERS } from '#testing/test-platform.js';

const WHY = { cause: 'operator', reason: 'a spec' } as const;
const WITHIN_MS = 60_000;

describe('a retention whose Redis is emptied while it runs', () => {
  let servers: ServersOfItsOwn;
  let stage: ErasureStage;
  let engine: PlatformEngine;
  /** The day on which the present tenant is cancelled: an hour that was is never looked at again. */
  let cancelledOn = 0;

  beforeAll(async () => {
    servers = await ServersOfItsOwn.start();
    stage = await ErasureStage.open({ isBillingReal: true, settings: servers.settings });
    const { platform, provisioning } = stage.tests;
    stage.setDay(0);
    platform.members.clock.now = () => stage.clock.now();
    engine = startPlatformEngine(platform, { ...openPlatformWork(platform, provisioning), concurrency: 2, sweepMs: 200 });
  }, 120_000);
  afterAll(async () => {
    await engine.stop(5_000);
    await stage.close();
    await servers.close();
  });

  beforeEach(() => {
    cancelledOn += 200;
    stage.setDay(cancelledOn);
  });

  /** It is so many days after the cancellation, and whatever is due by then was looked for. */
  async function comes(day: number): Promise<void> {
    stage.setDay(cancelledOn + day);
    const slot = slotOf(FIND_DUE_HOURLY.every, stage.clock.now());
    await until(async () => {
      const [work] = await stage.catalog('select state from work where once = ?', [`${FIND_DUE_HOURLY.name}@${String(slot)}`]);
      return work?.['state'] === 'done';
    }, WITHIN_MS);
  }

  const flush = (): Promise<unknown> => stage.redis(String(servers.settings['REDIS_URL']), (redis) => redis.flushall());
  const certificates = async ({ id }: Tenant): Promise<number> =>
    (await stage.catalog('select from erasure_certificate where tenant_id = ?', [id])).length;
  const lasting = async (tenant: Tenant): Promise<unknown> => ({
    ...(await stage.findings(tenant)),
    redis: 'a cache',
    queue: 'a transport',
  });

  it.each(TIERS)(
    'loses nothing by it, and ends on its day and not before, with nothing left (%s tier)',
    async (tier) => {
      const { acme, globex } = await stage.tests.pair(tier);
      await Promise.all([stage.fill(acme), stage.fill(globex)]);
      await stage.tests.platform.lifecycle.cancel(acme.id, WHY);
      const [mine, theirs] = [await lasting(acme), await lasting(globex)];

      await comes(45);
      await flush();
      expect((await stage.findings(acme))['redis']).toEqual([]);
      await comes(46);
      await comes(89);
      expect([await lasting(acme), await certificates(acme)]).toEqual([mine, 0]);
      await flush();
      stage.setDay(cancelledOn + 90.1);
      await until(async () => (await certificates(acme)) === 1, WITHIN_MS);

      expect(Object.values(await stage.findings(acme)).flat()).toEqual([]);
      const certificate = await new Tombstones(stage.tests.platform.catalog).certificateOf(acme.id);
      expect(certificateProblems(fileOf(certificate), [stage.signer.publicKey])).toEqual([]);
      expect(await lasting(globex)).toEqual(theirs);
      expect((await stage.tests.provisioning.tenants.get(globex.id)).status).toBe('active');
    },
    180_000,
  );
});
