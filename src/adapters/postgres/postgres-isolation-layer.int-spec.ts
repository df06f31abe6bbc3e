import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { jest } from '@jest/globals';
import pg from 'pg';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import { clusterNamed } from '#control/provisioning/cluster.js';
import { IsolationNotVerifiedError } from '#control/provisioning/provisioning.errors.js';
import { SecretNotFoundError } from '#kernel/isolation/secret-source.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { until } from '#testing/faults/until.js';
import { PLAN_OF_TIER, TestPlatform, TIERS, type Tier } from '#testing/test-platform.js';
import { TenantSql } from '#testing/tenant-sql.js';

describe('the isolation layer on PostgreSQL', () => {
  let test: TestPlatform;

  beforeAll(async () => {
    test = await TestPlatform.open();
  });
  afterAll(() => test.close());

  /** Every trace a tenant can leave on its server and in the vault. */
  async function tracesOf({ id, placement }: Tenant): Promise<string[]> {
    const { provisionUrl, appUrl } = clusterNamed(placement.cluster, test.provisioning.clusters);
    const shared = new URL(appUrl).pathname.slice(1);
    const traces = await withSession(atDatabase(provisionUrl, shared), async (session) => {
      const { rows } = await session.query<{ trace: string }>(
        `select 'fence' as trace from tenancy.fence where tenant_id = $1
         union all select 'rows' from shared.tickets where tenant_id = $1
         union all select 'ledger' from tenancy.migration where home = $2 and home <> 'shared'
         union all select 'schema' from pg_namespace where nspname = $2 and nspname <> 'shared'
         union all select 'role' from pg_roles where rolname = $3 and rolname not in ('tenantry')
         union all select 'database' from pg_database where datname = $3 and datname <> $4`,
        [id, placement.schema, placement.database, shared],
      );
      return rows.map(({ trace }) => trace);
    });
    if (!placement.secret) return traces;
    const secret = await test.platform.secrets.get(placement.secret).catch((error: unknown) => {
      if (error instanceof SecretNotFoundError) return null;
      throw error;
    });
    return secret ? [...traces, 'secret'] : traces;
  }

  /** What a crash right after the reservation leaves. */
  async function reserve(tier: Tier): Promise<{ reserved: Tenant; onboardingId: string }> {
    const slug = `test-${randomBytes(6).toString('hex')}`;
    const request = { slug, companyName: slug, adminEmail: 'a@b.test', plan: PLAN_OF_TIER[tier], region: 'us-east' };
    const { id } = await test.desk.ask(request);
    return { reserved: await test.provisioning.tenants.get(slug), onboardingId: id };
  }

  const use = (tenant: Tenant): Promise<unknown> =>
    new TenantSql(test.platform).run(
      tenant,
      `insert into tickets (tenant_id, id, title, created_at, updated_at) values ($1, $2, 'x', now(), now())`,
      [tenant.id, randomUUIDv7()],
    );

  describe.each(TIERS)('for a tenant of the %s tier', (tier) => {
    it('goes on after an interruption at any point, and ends with one working place', async () => {
      const { reserved, onboardingId } = await reserve(tier);
      const { isolation, provisioner } = test.provisioning;
      await isolation.prepare(reserved);
      await isolation.prepare(reserved);
      await isolation.verify(reserved);
      const active = await test.onboarded(onboardingId);
      await expect(use(active)).resolves.toBeDefined();
      await provisioner.remove(active);
      expect(await tracesOf(active)).toEqual([]);
    });

    it('leaves nothing behind when it is undone, and undoing again succeeds', async () => {
      const active = await test.onboarded((await reserve(tier)).onboardingId);
      const { isolation } = test.provisioning;
      await use(active);
      expect(await tracesOf(active)).not.toEqual([]);
      expect(await isolation.remains(active)).not.toEqual([]);
      await test.provisioning.provisioner.remove(active);
      await test.provisioning.provisioner.remove(active);
      expect([await tracesOf(active), await isolation.remains(active)]).toEqual([[], []]);
    });

    it('verifies no place that is not there, or that another has', async () => {
      const { reserved, onboardingId } = await reserve(tier);
      const { isolation } = test.provisioning;
      await expect(isolation.verify(reserved)).rejects.toThrow();
      await isolation.prepare(reserved);
      await expect(isolation.verify({ ...reserved, id: randomUUIDv7() })).rejects.toThrow(IsolationNotVerifiedError);
      await test.onboarded(onboardingId);
    });

    it('begins nothing for whoever is not waited for any more', async () => {
      const { reserved, onboardingId } = await reserve(tier);
      const { isolation } = test.provisioning;
      await expect(isolation.prepare(reserved, { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
      expect(await tracesOf(reserved)).toEqual([]);
      await test.onboarded(onboardingId);
    });
  });

  it('verifies no schema that is the home of another, for neither of the two', async () => {
    const [one, other] = [await reserve('schema'), await reserve('schema')];
    const { isolation } = test.provisioning;
    const intruder = { ...other.reserved, placement: { ...other.reserved.placement, schema: one.reserved.placement.schema } };
    await isolation.prepare(one.reserved);
    await isolation.prepare(intruder);
    for (const tenant of [one.reserved, intruder]) await expect(isolation.verify(tenant)).rejects.toThrow('the home of another');
    // It is sealed in its own.
    await test.onboarded(other.onboardingId);
    await test.onboarded(one.onboardingId);
  });

  it.each(['row', 'schema'] as const)(
    'leaves nothing behind when it is undone while somebody is still sealing, who is not waited for any more (%s tier)',
    async (tier) => {
      const { reserved, onboardingId } = await reserve(tier);
      const { isolation } = test.provisioning;
      const { provisionUrl, appUrl } = clusterNamed(reserved.placement.cluster, test.provisioning.clusters);
      const given = new AbortController();
      await withSession(atDatabase(provisionUrl, new URL(appUrl).pathname.slice(1)), async (other) => {
        const isWaiting = async (many: number): Promise<boolean> => {
          const text = `select from pg_locks where locktype = 'advisory' and not granted and objid = hashtext($1)::bit(32)::bigint`;
          return (await other.query(text, [`tenantry.fence.${reserved.id}`])).rowCount === many;
        };
        await other.query('select pg_advisory_lock(hashtext($1))', [`tenantry.fence.${reserved.id}`]);
        const sealing = isolation.prepare(reserved, { signal: given.signal }).then(
          () => 'sealed',
          (error: unknown) => String(error),
        );
        await until(() => isWaiting(1), 10_000);
        given.abort(new Error('too late'));
        const undoing = isolation.undo(reserved);
        await until(() => isWaiting(2), 10_000);
        await other.query('select pg_advisory_unlock_all()');
        expect(await sealing).toContain('too late');
        await undoing;
      });
      expect([await isolation.remains(reserved), await tracesOf(reserved)]).toEqual([[], []]);
      await test.onboarded(onboardingId);
    },
  );

  it('lets the login of one database open no other, and no shared login open it', async () => {
    const { acme, globex } = await test.pair('database');
    const own = (await test.platform.secrets.get(acme.placement.secret ?? '')).value;
    const { appUrl } = clusterNamed(acme.placement.cluster, test.provisioning.clusters);
    const connect = (url: string): Promise<void> => withSession(url, () => Promise.resolve());
    await expect(connect(own)).resolves.toBeUndefined();
    for (const database of [globex.placement.database, 'tenantry', 'postgres', 'template1', 'tenantry_template', 'tenantry_catalog']) {
      await expect(connect(atDatabase(own, database))).rejects.toMatchObject({ code: expect.stringMatching(/^(42501|3D000)$/) as string });
    }
    await expect(connect(atDatabase(appUrl, acme.placement.database))).rejects.toMatchObject({ code: '42501' });
  });

  it('never sends a password in a statement', async () => {
    const seen: string[] = [];
    const query = pg.Client.prototype.query;
    const spied = jest.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...given: unknown[]) {
      seen.push(JSON.stringify(given.filter((part) => typeof part !== 'function')));
      return (query as (...all: unknown[]) => unknown).apply(this, given) as never;
    });
    const made = await test.tenant('database');
    spied.mockRestore();
    const password = new URL((await test.platform.secrets.get(made.placement.secret ?? '')).value).password;
    expect(seen.length).toBeGreaterThan(5);
    expect(seen.join('\n')).not.toContain(password);
  });
});
