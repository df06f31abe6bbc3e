import { openClusterBook } from '#main/open-cluster-book.js';
import { openLifecycle } from '#main/open-lifecycle.js';
import type { Platform } from '#main/platform.js';
import { LifecycleStage } from '#testing/lifecycle/lifecycle-stage.js';
import { TIERS } from '#testing/test-platform.js';

const WHY = { cause: 'operator', reason: 'a spec' } as const;

describe('what changes the lives of tenants', () => {
  let stage: LifecycleStage;

  beforeAll(async () => {
    stage = await LifecycleStage.open();
  });
  afterAll(() => stage.close());

  const knowing = (logins: (cluster: Platform['clusters'][number]) => Platform['clusters'][number], announce?: Platform['announce']) => {
    const { platform } = stage.tests;
    const clusterBook = openClusterBook({ ...platform, clusters: platform.clusters.map(logins), clock: platform.members.clock });
    return openLifecycle({ ...platform, clusterBook, ...(announce && { announce }) }, stage).lifecycle;
  };

  it('needs no login above the migrator, and goes on where it failed when it is asked again', async () => {
    const { acme, globex } = await stage.pair('row');
    let isLost = true;
    const announce = (id: string): Promise<void> =>
      isLost ? Promise.reject(new RangeError('lost')) : stage.tests.platform.directory.announce(id);
    const lifecycle = knowing(({ provisionUrl: _left, ...cluster }) => cluster, announce);
    await expect(lifecycle.cancel(acme.id, WHY)).rejects.toThrow('lost');
    isLost = false;
    expect(await lifecycle.cancel(acme.id, WHY)).toMatchObject({ isSealed: true, tenant: { status: 'cancelled' } });
    expect([await stage.fence(acme), await stage.fence(globex)]).toEqual([
      { isOpen: false, agrees: true },
      { isOpen: true, agrees: true },
    ]);
  });

  it.each(TIERS)('leaves the fence to the works of the platform where no login for it is known, and says so (%s tier)', async (tier) => {
    const { acme, globex } = await stage.pair(tier);
    const lifecycle = knowing(({ name, region, appUrl }) => ({ name, region, appUrl }));
    const half = await lifecycle.suspend(acme.id, WHY);
    expect([half.isSealed, half.tenant.status, await stage.fence(acme)]).toEqual([false, 'suspended', { isOpen: true, agrees: false }]);
    // Everybody who asks the catalog knows already.
    expect((await stage.tests.platform.directory.byId(acme.id))?.status).toBe('suspended');
    expect((await stage.drive(acme, 'lifecycle.seal')).map(({ state }) => state)).toEqual(['done']);
    expect([await stage.fence(acme), await stage.fence(globex)]).toEqual([
      { isOpen: false, agrees: true },
      { isOpen: true, agrees: true },
    ]);
  });
});
