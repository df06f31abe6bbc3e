import { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import { TestPlatform, TIERS } from '#testing/test-platform.js';

describe('the list of tenants', () => {
  let test: TestPlatform;

  beforeAll(async () => {
    test = await TestPlatform.open();
  });
  afterAll(() => test.close());

  it('takes only an id for an id', async () => {
    const { tenants } = test.provisioning;
    for (const name of ['a'.repeat(36), `${'dead-beef-'.repeat(3)}cafe01`])
      await expect(tenants.get(name)).rejects.toMatchObject({ code: 'tenant.unknown' });
    const { id, slug } = await test.tenant('row');
    expect([(await tenants.get(id)).slug, (await tenants.get(slug)).id]).toEqual([slug, id]);
  });

  it.each(TIERS)('tells those who may work now, and those with a database of their own, in one order (%s)', async (tier) => {
    const { acme, globex } = await test.pair(tier);
    const roll = new TenantRegistry(test.platform.catalog, () => Promise.resolve());
    const ours = (ids: readonly string[]): string[] => ids.filter((id) => [acme.id, globex.id].includes(id));
    const seen = async (): Promise<string[][]> => [ours((await roll.active()).map(({ id }) => id)), ours(await roll.activeApart())];
    const both = [acme.id, globex.id].sort();
    expect(await seen()).toEqual([both, tier === 'database' ? both : []]);
    await test.provisioning.provisioner.setStatus(acme.id, 'suspended');
    expect(await seen()).toEqual([[globex.id], tier === 'database' ? [globex.id] : []]);
  });
});
