import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import { TenantStatusRefusedError } from '#catalog/catalog.errors.js';
import type { IsolationLayer } from '#control/provisioning/isolation-layer.js';
import { TenantNotFencedError, TenantNotProvisioningError } from '#control/provisioning/provisioning.errors.js';
import type { TenantProvisioner, TenantRequest } from '#control/provisioning/tenant-provisioner.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { TestPlatform } from '#testing/test-platform.js';
import { TenantSql } from '#testing/tenant-sql.js';

describe('the status of a tenant', () => {
  let test: TestPlatform;
  let provisioner: TenantProvisioner;
  let isolation: IsolationLayer;

  beforeAll(async () => {
    test = await TestPlatform.open();
    ({ provisioner } = test.provisioning);
    ({ isolation } = provisioner as unknown as { isolation: IsolationLayer });
  });
  afterAll(() => test.close());
  afterEach(() => jest.restoreAllMocks());

  const order = (): TenantRequest => {
    const slug = `test-${randomBytes(6).toString('hex')}`;
    return { slug, name: slug, adminEmail: 'a@b.test', plan: 'starter', region: 'eu-west' };
  };
  const use = (tenant: Tenant): Promise<unknown> => new TenantSql(test.platform).run(tenant, 'select count(*) from tickets');

  it('goes between active and suspended, ends cancelled, and goes no other way', async () => {
    const { id } = await test.tenant('row');
    const { tenants } = test.provisioning;
    expect((await provisioner.setStatus(id, 'suspended')).status).toBe('suspended');
    await expect(tenants.open(id)).rejects.toThrow(TenantStatusRefusedError);
    expect((await provisioner.setStatus(id, 'active')).status).toBe('active');
    await expect(provisioner.setStatus(id, 'provisioning')).rejects.toThrow(TenantStatusRefusedError);
    expect((await provisioner.setStatus(id, 'cancelled')).status).toBe('cancelled');
    for (const status of ['active', 'suspended'] as const)
      await expect(provisioner.setStatus(id, status)).rejects.toThrow(TenantStatusRefusedError);
  });

  it('of a tenant that is being made is changed by its creation alone', async () => {
    const made = await provisioner.create(order());
    await provisioner.remove(made);
    const reserved = await test.provisioning.tenants.reserve({ ...made, adminEmail: 'a@b.test' });
    for (const status of ['active', 'suspended', 'cancelled'] as const)
      await expect(provisioner.setStatus(reserved.id, status)).rejects.toThrow(TenantStatusRefusedError);
    await provisioner.undo(reserved);
  });

  it('is mended by repeating the command after a crash between catalog and fence', async () => {
    const tenant = await test.tenant('row');
    const suspended = await test.provisioning.tenants.setStatus(tenant.id, 'suspended');
    await expect(use(tenant)).resolves.toBeDefined();
    const repeated = await provisioner.setStatus(tenant.id, 'suspended');
    expect(repeated).toEqual(suspended);
    await expect(use(tenant)).rejects.toThrow();
  });

  it('is active after a creation whose fence needed a second try', async () => {
    const fence = isolation.fence.bind(isolation);
    let calls = 0;
    // The first call is part of making the place; the second opens it.
    jest.spyOn(isolation, 'fence').mockImplementation((tenant) => (++calls === 2 ? Promise.reject(new Error('gone')) : fence(tenant)));
    const made = await provisioner.create(order());
    expect(calls).toBe(3);
    await expect(use(made)).resolves.toBeDefined();
    await provisioner.remove(made);
  });

  it('stays active when its fence cannot be sealed, is not taken back, and is mended by resuming', async () => {
    const request = order();
    const fence = isolation.fence.bind(isolation);
    jest
      .spyOn(isolation, 'fence')
      .mockImplementation((tenant) => (tenant.status === 'active' ? Promise.reject(new Error('gone')) : fence(tenant)));
    await expect(provisioner.create(request)).rejects.toThrow(TenantNotFencedError);
    jest.restoreAllMocks();
    const found = await test.provisioning.tenants.get(request.slug);
    expect(found.status).toBe('active');
    await expect(use(found)).rejects.toThrow();
    expect(await provisioner.resume(found)).toEqual(found);
    await expect(use(found)).resolves.toBeDefined();
    const suspended = await provisioner.setStatus(found.id, 'suspended');
    await expect(provisioner.resume(suspended)).rejects.toThrow(TenantNotProvisioningError);
    await provisioner.remove(found);
  });
});
