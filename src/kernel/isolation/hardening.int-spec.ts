import { afterAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { atDatabase, identifier, inTransaction, withSession } from '#adapters/postgres/session.js';
import { TenantSql } from '#testing/tenant-sql.js';
import { TIERS, TestPlatform, type Tier } from '#testing/test-platform.js';

const opened = TestPlatform.open();
afterAll(async () => (await opened).close());

async function stage(tier: Tier) {
  const test = await opened;
  const tenant = await test.tenant(tier);
  const cluster = test.provisioning.clusters.find(({ name }) => name === tenant.placement.cluster)!;
  const own = tenant.placement.secret ? (await test.platform.secrets.get(tenant.placement.secret)).value : cluster.appUrl;
  return { tenant, cluster, own, sql: new TenantSql(test.platform) };
}

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'allowed',
    (error: unknown) => (error as { code?: string }).code,
  );

describe.each(TIERS)('the database of a tenant of the %s tier', (tier) => {
  it.each([
    ['temporary tables, which would shadow those of others', 'create temporary table tickets (id int)'],
    ['tables in public', 'create table public.mine (id int)'],
    ['tables in its own home', 'create table mine (id int)'],
    ['code blocks, which could catch a cancel', 'do $$ begin null; end $$'],
    ['advisory locks', 'select pg_advisory_lock(1)'],
    ['notifications', `select pg_notify('a', 'b')`],
    ['large objects', 'select lo_create(0)'],
    ['statements given as text', `select query_to_xml('select 1', true, true, '')`],
    ["peers' statements", 'select * from pg_stat_activity'],
    ["peers' endings", 'select pg_terminate_backend(1)'],
  ])('refuses it %s', async (_what, text) => {
    const { tenant, sql } = await stage(tier);
    expect(await codeOf(sql.run(tenant, text))).toBe('42501');
  });

  it('looks for tables in its home alone', async () => {
    const { tenant, sql } = await stage(tier);
    expect(await sql.run(tenant, 'show search_path')).toEqual([{ search_path: `"${tenant.placement.schema}", pg_temp` }]);
  });

  it('binds the owner of the tables too', async () => {
    const { tenant, sql, cluster } = await stage(tier);
    // Where there is no row, no policy is asked.
    await sql.run(
      tenant,
      `insert into tickets (tenant_id, id, title, created_at, updated_at) values ($1, gen_random_uuid(), 'x', now(), now())`,
      [tenant.id],
    );
    const read = withSession(atDatabase(cluster.migratorUrl, tenant.placement.database), (migrator) =>
      inTransaction(migrator, async () => {
        await migrator.query('set local role tenantry_owner');
        await migrator.query(`select from ${identifier(tenant.placement.schema)}.tickets`);
      }),
    );
    expect(await codeOf(read)).toBe('TN001');
  });

  it('opens no other database of the server', async () => {
    const { cluster, own, tenant } = await stage(tier);
    const { rows } = await withSession(cluster.provisionUrl, (session) =>
      session.query<{ datname: string }>('select datname from pg_database where datallowconn and datname <> $1', [
        tenant.placement.database,
      ]),
    );
    const answers = rows.map(async ({ datname }) => [datname, await codeOf(withSession(atDatabase(own, datname), async () => undefined))]);
    expect((await Promise.all(answers)).filter(([, code]) => code !== '42501' && code !== '3D000')).toEqual([]);
    expect(rows.length).toBeGreaterThan(1);
  });

  it('lets its login become no other role', async () => {
    const { own } = await stage(tier);
    const roles = ['tenantry_tenant', 'tenantry_owner', 'tenantry_sentinel', 'tenantry_keeper', 'tenantry_migrator'];
    const answers = await withSession(own, async (session: pg.Client) => {
      const codes: unknown[] = [];
      for (const role of roles) codes.push(await codeOf(session.query(`set role ${role}`)));
      return codes;
    });
    expect(answers).toEqual(roles.map(() => '42501'));
  });
});
