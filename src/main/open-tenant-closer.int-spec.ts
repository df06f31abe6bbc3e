import { openClusterBook } from '#main/open-cluster-book.js';
import { openTenantCloser } from '#main/open-tenant-closer.js';
import { TestPlatform } from '#testing/test-platform.js';

describe('what closes tenants', () => {
  it('needs no login above the migrator, and a failure is not remembered', async () => {
    const tests = await TestPlatform.open();
    const { acme, globex } = await tests.pair('row');
    const clusters = tests.platform.clusters.map(({ provisionUrl: _left, ...cluster }) => cluster);
    let isLost = true;
    const announce = (id: string): Promise<void> =>
      isLost ? Promise.reject(new RangeError('lost')) : tests.platform.directory.announce(id);
    const clusterBook = openClusterBook({ ...tests.platform, clusters, clock: tests.platform.members.clock });
    const closer = openTenantCloser({ ...tests.platform, clusterBook, announce });
    await expect(closer.cancel(acme.id)).rejects.toThrow('lost');
    isLost = false;
    await closer.cancel(acme.id);
    const statuses = await Promise.all([acme, globex].map(({ id }) => tests.provisioning.tenants.get(id)));
    expect(statuses.map(({ status }) => status)).toEqual(['cancelled', 'active']);
    await tests.close();
  });
});
