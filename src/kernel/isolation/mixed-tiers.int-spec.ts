import type { Tenant } from '#kernel/tenancy/tenant.js';
import { codeOf } from '#testing/attacks/attack-stage.js';
import { TenantSql } from '#testing/tenant-sql.js';
import { TestPlatform } from '#testing/test-platform.js';

const ROUNDS = 40;

describe('eight tenants of all tiers in one process with two connections a pool', () => {
  let test: TestPlatform;
  let sql: TenantSql;
  let tenants: Tenant[];

  beforeAll(async () => {
    test = await TestPlatform.open({ CONNECTIONS_PER_CLUSTER_POOL: '2', CONNECTIONS_PER_DATABASE_POOL: '2' });
    sql = new TenantSql(test.platform);
    tenants = await Promise.all(
      (['row', 'row', 'row', 'schema', 'schema', 'schema', 'database', 'database'] as const).map((tier) => test.tenant(tier)),
    );
    for (const tenant of tenants) {
      const insert = 'insert into tickets (tenant_id, id, title, created_at, updated_at) values ($1, gen_random_uuid(), $2, now(), now())';
      await sql.run(tenant, insert, [tenant.id, tenant.id]);
    }
  });
  afterAll(() => test.close());

  it('gives each its own rows and home, on the same backends', async () => {
    const servedBy = new Map<number, Set<string>>();
    const ask = async (tenant: Tenant, round: number): Promise<void> => {
      const text = `select tenant_id, title, pg_backend_pid() as pid, current_setting('search_path') as path, $1::int as round from tickets`;
      const rows = round % 3 === 0 ? await sql.transaction(tenant, (run) => run(text, [round])) : await sql.run(tenant, text, [round]);
      const pid = Number(rows[0]?.['pid']);
      expect(rows).toEqual([{ tenant_id: tenant.id, title: tenant.id, pid, path: `"${tenant.placement.schema}", pg_temp`, round }]);
      servedBy.set(pid, (servedBy.get(pid) ?? new Set()).add(tenant.id));
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      await Promise.all(tenants.toSorted((a, b) => mixed(a, round) - mixed(b, round)).map((tenant) => ask(tenant, round)));
    }
    const inShared = tenants.filter(({ placement }) => placement.kind !== 'database').map(({ id }) => id);
    const onShared = [...servedBy.values()].filter((served) => inShared.some((id) => served.has(id)));
    expect(onShared.length).toBeLessThanOrEqual(2);
    for (const served of onShared) expect([...served].sort()).toEqual(inShared.toSorted());
  });

  it('refuses each the home of every other in the same database', async () => {
    for (const from of tenants) {
      for (const { placement } of tenants.filter(
        ({ placement: other }) => other.database === from.placement.database && other.schema !== from.placement.schema,
      )) {
        const refused = await sql.run(from, `select * from "${placement.schema}".tickets`).catch(codeOf);
        expect(refused).toBe('42501');
      }
    }
  });

  it('keeps a tenant that fails, sets and locks from showing in the others', async () => {
    const spoil = [
      `select set_config('search_path', 'pg_catalog', false)`,
      'select 1 / 0',
      'begin',
      'deallocate all',
      'set row_security = off',
    ];
    for (let round = 0; round < 10; round += 1) {
      const [mallory, ...others] = tenants.toSorted((a, b) => mixed(a, round) - mixed(b, round));
      const attack = sql.run(mallory!, spoil[round % spoil.length]!).catch(() => []);
      const rows = await Promise.all(others.map((tenant) => sql.run(tenant, 'select title from tickets')));
      await attack;
      expect(rows).toEqual(others.map(({ id }) => [{ title: id }]));
    }
  });
});

/** Another order every round, and the same in every run. */
function mixed({ id }: Tenant, round: number): number {
  return Buffer.from(id).reduce((hash, byte) => (hash * 31 + byte + round * 7) % 1_009, round);
}
