import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import { Fence } from '#adapters/postgres/fence.js';
import { Foundation } from '#adapters/postgres/foundation.js';
import { homeOf } from '#catalog/fleet/home-ledger.js';
import { clusterNamed } from '#control/provisioning/cluster.js';
import { CapabilityKeys } from '#kernel/isolation/capability-keys.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { projectFolder } from '#main/project-folder.js';
import { until } from '#testing/faults/until.js';
import { FleetStage } from '#testing/fleet/fleet-stage.js';
import { TestPlatform } from '#testing/test-platform.js';
import { TenantSql } from '#testing/tenant-sql.js';

describe('keeping databases', () => {
  let test: TestPlatform;

  beforeAll(async () => {
    test = await TestPlatform.open();
  });
  afterAll(() => test.close());

  const provisioningAt = <T>({ placement }: Tenant, sql: string): Promise<T[]> => {
    const { provisionUrl } = clusterNamed(placement.cluster, test.provisioning.clusters);
    return withSession(atDatabase(provisionUrl, placement.database), async (session) => (await session.query(sql)).rows as T[]);
  };
  const nothing = { founded: [], sealed: 0, skipped: { provisioning: 0, elsewhere: 0 }, failures: [] };

  it('finds nothing to do for a tenant that was just made', async () => {
    const { acme, globex } = await test.pair('database');
    expect(await test.provisioning.keeper.keep([acme, globex, await test.tenant('row')])).toEqual(nothing);
  });

  it.each([
    ['has an older tenancy.sql', `update tenancy.foundation set hash = 'older'`],
    ['is from before it was recorded', 'drop table tenancy.foundation'],
  ])("gives tenancy.sql to a tenant's own database that %s, once, and it works after that", async (_, older) => {
    const tenant = await test.tenant('database');
    await provisioningAt(tenant, `${older}; grant execute on function tenancy.tenant_of(text) to public`);
    const { cluster, database } = tenant.placement;
    expect(await test.provisioning.keeper.keep([tenant])).toEqual({ ...nothing, founded: [`${cluster}/${database}`] });
    const [open] = await provisioningAt<{ open: boolean }>(
      tenant,
      `select has_function_privilege('tenantry_catalog', 'tenancy.tenant_of(text)', 'execute') as open`,
    );
    expect(open).toEqual({ open: false });
    expect(await test.provisioning.keeper.keep([tenant])).toEqual(nothing);
    await expect(new TenantSql(test.platform).run(tenant, 'select count(*) from tickets')).resolves.toBeDefined();
  });

  it("lays tenancy.sql once when many find another one, and gives up when another's turn does not end", async () => {
    const tenant = await test.tenant('database');
    await provisioningAt(tenant, `update tenancy.foundation set hash = 'older'`);
    const { cluster, database } = tenant.placement;
    const url = atDatabase(clusterNamed(cluster, test.provisioning.clusters).provisionUrl, database);
    const kept = await withSession(url, async (other) => {
      await other.query(`select pg_advisory_lock(hashtext('tenantry.foundation'))`);
      const impatient = new Foundation(join(projectFolder(), 'provisioning', 'tenancy.sql'), { lockMs: 50, tries: 2 });
      await expect(withSession(url, (session) => impatient.lay(session))).rejects.toMatchObject({ code: '55P03' });
      const keeping = [1, 2, 3].map(() => test.provisioning.keeper.keep([tenant]));
      const waiting = `select from pg_locks where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database())`;
      await until(async () => (await other.query(waiting)).rowCount === 3, 10_000);
      await other.query(`select pg_advisory_unlock(hashtext('tenantry.foundation'))`);
      return Promise.all(keeping);
    });
    expect(kept.flatMap(({ founded }) => founded)).toEqual([`${cluster}/${database}`]);
    expect(kept.flatMap(({ failures }) => failures)).toEqual([]);
  });

  it('passes over tenants that are being made and those on clusters that are not configured, and counts them', async () => {
    const tenant = await test.tenant('row');
    const elsewhere = { ...tenant, placement: { ...tenant.placement, cluster: 'ap-south-1' } };
    expect(await test.provisioning.keeper.keep([tenant, elsewhere, { ...tenant, status: 'provisioning' }])).toEqual({
      ...nothing,
      skipped: { provisioning: 1, elsewhere: 1 },
    });
  });

  it("reports one tenant's failure and goes on with the others", async () => {
    const { acme, globex } = await test.pair('database');
    await provisioningAt(globex, `update tenancy.foundation set hash = 'older'`);
    const lost = { ...acme, placement: { ...acme.placement, database: 'tenantry_e_lost' } };
    const run = await test.provisioning.keeper.keep([lost, globex]);
    expect(run.founded).toEqual([`${globex.placement.cluster}/${globex.placement.database}`]);
    expect(run.failures).toEqual([
      { target: `${lost.placement.cluster}/tenantry_e_lost`, error: expect.stringContaining('does not exist') },
    ]);
  });

  const notedOf = async ({ id }: Tenant): Promise<unknown> => {
    const [home] = await test.provisioning.ledger.homes({ tenants: [id] });
    return home?.version;
  };

  it('never sets back what is known of a home by what was seen of it before', async () => {
    const tenant = await test.tenant('schema');
    const { ledger, homes } = test.provisioning;
    const home = homeOf(tenant.placement);
    expect(await notedOf(tenant)).toBe(homes.newest);
    await ledger.note([{ ...home, version: '0001-tickets', needs: '' }]);
    expect(await notedOf(tenant)).toBe(homes.newest);
    await ledger.note([{ ...home, version: '9999-later', needs: '' }]);
    expect(await notedOf(tenant)).toBe('9999-later');
  });

  it('sets right what the ledger says too much, when nobody brings the home on', async () => {
    const tenant = await test.tenant('schema');
    const { ledger, homes, keeper, clusters } = test.provisioning;
    const { cluster, schema } = tenant.placement;
    await ledger.note([{ ...homeOf(tenant.placement), version: '9999-later', needs: '' }]);
    await withSession(clusterNamed(cluster, clusters).migratorUrl, async (other) => {
      await other.query('begin');
      await homes.turn(other, schema);
      const kept = keeper.keep([tenant]);
      await sleep(500);
      expect(await notedOf(tenant)).toBe('9999-later');
      await other.query('commit');
      expect(await kept).toEqual(nothing);
    });
    expect(await notedOf(tenant)).toBe(homes.newest);
  });

  it('notes a shared home in which nobody lives, so that the fleet brings it on', async () => {
    const stage = await FleetStage.open();
    try {
      const { ledger, keeper } = stage.tests.provisioning;
      await stage.catalog(`delete from home_version`);
      expect(await ledger.homes()).toEqual([]);
      expect(await keeper.keepShared()).toEqual([]);
      expect(await ledger.homes()).toMatchObject([{ ...stage.shared, version: '0001-notes' }]);
    } finally {
      await stage.close();
    }
  });

  it('seals the fence anew when a key of the same name has another secret', async () => {
    const tenant = await test.tenant('row');
    const { migratorUrl } = clusterNamed(tenant.placement.cluster, test.provisioning.clusters);
    const keyId = test.platform.keys.seals({ tenantId: tenant.id, epoch: 1, cluster: '' })[0]!.keyId;
    const others = new Fence(new CapabilityKeys([{ id: keyId, key: randomBytes(32) }]));
    const stale = await withSession(migratorUrl, (migrator) => others.stale(migrator, [tenant]));
    expect(stale).toEqual([tenant]);
  });

  it('takes turns with another bootstrap of the same server', async () => {
    const { clusterBootstrap, clusters } = test.provisioning;
    const [cluster] = clusters;
    const runs = await Promise.all([1, 2, 3].map(() => clusterBootstrap.run(cluster!)));
    expect(runs.flatMap((run) => Object.values(run).flat())).toEqual([]);
  });

  it('changes a password so that two that do it at once leave one that works', async () => {
    const tenant = await test.tenant('database');
    const { databases, clusters } = test.provisioning;
    const secret = tenant.placement.secret ?? '';
    const before = (await test.platform.secrets.get(secret)).value;
    const cluster = clusterNamed(tenant.placement.cluster, clusters);
    await Promise.all([databases.rotate(tenant, cluster), databases.rotate(tenant, cluster)]);
    const after = (await test.platform.secrets.get(secret)).value;
    await expect(withSession(after, () => Promise.resolve('open'))).resolves.toBe('open');
    await expect(withSession(before, () => Promise.resolve('open'))).rejects.toMatchObject({ code: '28P01' });
  });
});
