import { TenantStatusRefusedError } from '#catalog/catalog.errors.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { TestPlatform } from '#testing/test-platform.js';
import { TenantSql } from '#testing/tenant-sql.js';

describe('the status of a tenant', () => {
  let test: TestPlatform;

  beforeAll(async () => {
    test = await TestPlatform.open();
  });
  afterAll(() => test.close());

  const use = (tenant: Tenant): Promise<unknown> => new TenantSql(test.platform).run(tenant, 'select count(*) from tickets');

  it('goes between active and suspended, ends cancelled, and goes no other way', async () => {
    const { acme, globex } = await test.pair('row');
    const { tenants, provisioner } = test.provisioning;
    const { id } = acme;
    expect((await provisioner.setStatus(id, 'suspended')).status).toBe('suspended');
    await expect(tenants.open(id)).rejects.toThrow(TenantStatusRefusedError);
    expect((await provisioner.setStatus(id, 'active')).status).toBe('active');
    await expect(provisioner.setStatus(id, 'provisioning')).rejects.toThrow(TenantStatusRefusedError);
    expect((await provisioner.setStatus(id, 'cancelled')).status).toBe('cancelled');
    for (const status of ['active', 'suspended'] as const)
      await expect(provisioner.setStatus(id, status)).rejects.toThrow(TenantStatusRefusedError);
    expect((await tenants.get(globex.id)).status).toBe('active');
  });

  it('of a tenant that is being made is changed by its onboarding alone', async () => {
    const slug = `test-${Math.random().toString(36).slice(2, 10)}`;
    const { id, input } = await test.desk.ask({ slug, companyName: 'x', adminEmail: 'a@b.test', plan: 'starter', region: 'eu-west' });
    const reserved = await test.provisioning.tenants.get(input.slug);
    for (const status of ['active', 'suspended', 'cancelled'] as const)
      await expect(test.provisioning.provisioner.setStatus(reserved.id, status)).rejects.toThrow(TenantStatusRefusedError);
    expect((await test.onboarded(id)).status).toBe('active');
  });

  it('is mended by repeating the command after a crash between catalog and fence', async () => {
    const tenant = await test.tenant('row');
    const suspended = await test.provisioning.tenants.setStatus(tenant.id, 'suspended');
    await expect(use(tenant)).resolves.toBeDefined();
    const repeated = await test.provisioning.provisioner.setStatus(tenant.id, 'suspended');
    expect(repeated).toEqual(suspended);
    await expect(use(tenant)).rejects.toThrow();
  });
});
