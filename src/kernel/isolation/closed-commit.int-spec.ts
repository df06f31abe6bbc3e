import { randomUUID } from 'node:crypto';
import { CompiledQuery, Kysely } from 'kysely';
import { Fence } from '#adapters/postgres/fence.js';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import { TenantDialect } from '#kernel/isolation/tenant-dialect.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { TenantSql } from '#testing/tenant-sql.js';
import { TIERS, TestPlatform } from '#testing/test-platform.js';

/** What is left when nobody hears of a closing: the fence alone is closed, and the process that holds the transaction does not know. */
describe.each(TIERS)('a transaction that wrote before the fence was closed, in the %s tier', (tier) => {
  let test: TestPlatform;
  let sql: TenantSql;
  let acme: Tenant;
  let globex: Tenant;

  beforeAll(async () => {
    test = await TestPlatform.open();
    sql = new TenantSql(test.platform);
  });
  beforeEach(async () => {
    ({ acme, globex } = await test.pair(tier));
  });
  afterAll(() => test.close());

  const seal = (tenant: Tenant, status: 'suspended' | 'active'): Promise<void> => {
    const { migratorUrl } = test.platform.clusters.find(({ name }) => name === tenant.placement.cluster)!;
    return withSession(atDatabase(String(migratorUrl), tenant.placement.database), (migrator) =>
      new Fence(test.platform.keys).seal(migrator, { ...tenant, status }),
    );
  };
  const insert = `insert into tickets (tenant_id, id, title, created_at, updated_at) values ($1, $2, 'held', now(), now())`;
  const count = async (tenant: Tenant): Promise<number> => (await sql.run(tenant, `select 1 from tickets where title = 'held'`)).length;
  const held = (tenant: Tenant, between: () => Promise<void>, isolation?: 'repeatable read'): Promise<void> => {
    const database = new Kysely<unknown>({ dialect: new TenantDialect(test.platform.routing) });
    const transaction = database.transaction();
    return TenantScope.run(tenant, () =>
      (isolation ? transaction.setIsolationLevel(isolation) : transaction).execute(async (trx) => {
        await trx.executeQuery(CompiledQuery.raw(insert, [tenant.id, randomUUID()]));
        await between();
      }),
    );
  };

  it('keeps nothing, and a neighbour keeps what it wrote', async () => {
    await expect(held(acme, () => seal(acme, 'suspended'))).rejects.toMatchObject({ code: 'tenant.moving' });
    await held(globex, () => Promise.resolve());
    await seal(acme, 'active');
    expect([await count(acme), await count(globex)]).toEqual([0, 1]);
    for (const { total, idle, waiting } of Object.values(test.platform.registry.stats())) expect([idle, waiting]).toEqual([total, 0]);
  });

  it('is whole or not at all when it reads the fence of before (REPEATABLE READ): only whoever hears of the closing ends it', async () => {
    await held(acme, () => seal(acme, 'suspended'), 'repeatable read');
    await seal(acme, 'active');
    expect(await count(acme)).toBe(1);
  });
});
