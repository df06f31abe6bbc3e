import { Fence } from '#adapters/postgres/fence.js';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import { Deadline } from '#kernel/isolation/deadline.js';
import { routeOf } from '#kernel/isolation/isolation-drivers.js';
import { LEAVE, beginAndEnter, enter } from '#kernel/isolation/prologue.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { codeOf } from '#testing/attacks/attack-stage.js';
import { TenantSql } from '#testing/tenant-sql.js';
import { TIERS, TestPlatform } from '#testing/test-platform.js';

// For the first two no policy is ever evaluated; whether for the third, where there may be no row, depends on its plan.
const ASKS_NO_POLICY = ['select 1 as one', 'select 1 as one from tickets where false', 'select 1 as one from tickets'];

describe.each(TIERS)('the fence before each statement, in the %s tier', (tier) => {
  let test: TestPlatform;
  let sql: TenantSql;
  let acme: Tenant;
  let globex: Tenant;

  beforeAll(async () => {
    test = await TestPlatform.open();
    sql = new TenantSql(test.platform);
    ({ acme, globex } = await test.pair(tier));
  });
  afterAll(() => test.close());

  const present = ({ id, placement: { epoch, cluster } }: Tenant): string => test.platform.keys.present({ tenantId: id, epoch, cluster });

  /** What each statement is answered behind a capability, alone and as the first of a transaction. */
  const answers = async (at: Tenant, capability: string): Promise<unknown[]> => {
    const route = routeOf(at.placement);
    const found: unknown[] = [];
    for (const text of ASKS_NO_POLICY) {
      for (const begin of [enter, beginAndEnter]) {
        const deadline = new Deadline(10_000);
        const lease = await test.platform.registry.lease(at, route, deadline);
        const flush = { prologue: begin(capability, route), epilogue: LEAVE, text, values: [], searchPath: route.searchPath };
        found.push(await lease.flush(flush, deadline).then(({ rows }) => rows, codeOf));
        lease.release();
      }
    }
    return found;
  };
  const everywhere = (code: string): string[] => ASKS_NO_POLICY.flatMap(() => [code, code]);
  const changed = async (status: 'suspended' | 'active'): Promise<Tenant> => test.provisioning.provisioner.setStatus(acme.id, status);
  /** Closes or opens the fence alone, as a move does; the catalog goes on saying that the tenant is active. */
  const sealed = async (tenant: Tenant): Promise<void> => {
    const { migratorUrl } = test.platform.clusters.find(({ name }) => name === tenant.placement.cluster)!;
    await withSession(atDatabase(String(migratorUrl), tenant.placement.database), (migrator) =>
      new Fence(test.platform.keys).seal(migrator, tenant),
    );
  };

  it('lets whoever it knows go on', async () => {
    expect((await answers(acme, present(acme))).slice(0, 4)).toEqual([[{ one: 1 }], [{ one: 1 }], [], []]);
  });

  it('refuses a missing capability also where no row would ask for one', async () => {
    expect(await answers(acme, '')).toEqual(everywhere('TN001'));
  });

  it('refuses the capability of an earlier epoch, and of a closed tenant, likewise', async () => {
    const suspended = await changed('suspended');
    expect(await answers(acme, present(acme))).toEqual(everywhere('TN002'));
    expect(await answers(acme, present(suspended))).toEqual(everywhere('TN003'));
    expect((await answers(globex, present(globex))).slice(0, 1)).toEqual([[{ one: 1 }]]);
    await changed('active');
  });

  it('refuses the capability of a tenant that lives elsewhere, likewise', async () => {
    const elsewhere = await test.tenant(tier === 'row' ? 'schema' : 'row');
    const [mine, theirs] = [await answers(elsewhere, present(globex)), await answers(globex, present(elsewhere))];
    // Rows and schemas share a database and its fence, which knows them; a database of one's own knows its own tenant alone.
    const code = tier === 'database' ? 'TN002' : '42501';
    expect([mine, theirs]).toEqual([everywhere(code), everywhere(code)]);
  });

  it.each(ASKS_NO_POLICY)('sends a stale snapshot to the directory once, and goes where that leads: %s', async (text) => {
    const ways = [
      (tenant: Tenant): Promise<unknown> => sql.run(tenant, text),
      (tenant: Tenant): Promise<unknown> => sql.transaction(tenant, (run) => run(text)),
    ];
    const suspended = await changed('suspended');
    for (const way of ways) await expect(way(acme)).rejects.toMatchObject({ code: 'tenant.suspended' });
    const active = await changed('active');
    expect(active.placement.epoch).toBeGreaterThan(suspended.placement.epoch);
    for (const way of ways) await expect(way(acme)).resolves.toBeDefined();

    await sealed({ ...active, status: 'suspended' });
    for (const way of ways) await expect(way(active)).rejects.toMatchObject({ code: 'tenant.moving' });
    await sealed(active);
    await expect(sql.run(active, text)).resolves.toBeDefined();
  });
});
