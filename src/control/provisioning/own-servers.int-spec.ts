import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { PostgresServerRoles } from '#adapters/postgres/truth/postgres-server-roles.js';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import { homeOf } from '#catalog/fleet/home-ledger.js';
import { OwnClusters } from '#catalog/clusters/own-clusters.js';
import {
  ClusterElsewhereError,
  ClusterInUseError,
  ClusterUnknownError,
  OwnServerRefusedError,
  RegionUnknownError,
} from '#control/provisioning/provisioning.errors.js';
import { SecretNotFoundError } from '#kernel/isolation/secret-source.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { openPlatform, type Platform } from '#main/platform.js';
import { openProvisioning, type Provisioning } from '#main/provisioning.js';
import { CustomerServer } from '#testing/customer-server.js';
import { TenantSql } from '#testing/tenant-sql.js';
import { madeOn, TestPlatform } from '#testing/test-platform.js';
import { auditCatalogue } from '#tools/catalogue-audit/audit-catalogue.js';

const ROLES = `select rolname from pg_roles where rolname ~ '^tenantry'`;

describe('a server that a customer brings', () => {
  let test: TestPlatform;
  let platform: Platform;
  let provisioning: Provisioning;
  let customer: CustomerServer;
  /** All that is said, at every level. */
  const said: string[] = [];
  const failures: unknown[] = [];

  beforeAll(async () => {
    [test, customer] = await Promise.all([TestPlatform.open(), CustomerServer.start()]);
    platform = await openPlatform(test.platform.config, pino({ level: 'trace' }, { write: (line) => void said.push(line) }));
    provisioning = await openProvisioning(platform);
    await onServer(async (session) => session.query('create database payroll'));
  }, 120_000);
  afterAll(async () => {
    await platform.close();
    await test.close();
    await customer.close();
  });

  const onServer = <T>(work: Parameters<typeof withSession<T>>[1], database = 'postgres'): Promise<T> =>
    withSession(atDatabase(customer.url, database), work);
  const refusal = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'done',
      (error: unknown) => {
        failures.push(error);
        return error instanceof OwnServerRefusedError ? error.reason : error;
      },
    );
  const create = (cluster: string, region = 'eu-west', plan = 'enterprise'): Promise<Tenant> => {
    const slug = `test-${randomBytes(6).toString('hex')}`;
    return madeOn(platform, provisioning, { slug, companyName: slug, adminEmail: 'admin@example.test', plan, region, cluster });
  };
  const secretNames = async (): Promise<string[]> => {
    const names: string[] = [];
    for await (const name of platform.secrets.names()) if (name.startsWith('cluster-')) names.push(name);
    return names;
  };

  it('is refused when it is ours, whoever logs in to it, and when it cannot be asked', async () => {
    const tenantId = randomUUIDv7();
    const { provisionUrl, appUrl } = provisioning.clusters[1]!;
    const login = `customer_${randomBytes(4).toString('hex')}`;
    await withSession(provisionUrl, (session) => session.query(`create role ${login} superuser login password 'customer-password'`));
    const fresh = Object.assign(new URL(provisionUrl), { username: login, password: 'customer-password' }).href;
    const attach = (connectionString: string, region = 'eu-west'): Promise<unknown> =>
      refusal(provisioning.ownServers.attach({ tenantId, region, connectionString }));
    expect(await attach(fresh)).toBe('it is in use by this platform already');
    expect(await attach(provisionUrl)).toBe('it is in use by this platform already');
    expect(await attach(appUrl)).toMatch(/no superuser/);
    expect(await attach(platform.config.CATALOG_DATABASE_URL)).toMatch(/no superuser/);
    await onServer((session) => session.query(`create role plain login createdb createrole password 'plain-password'`));
    const plain = Object.assign(new URL(customer.url), { username: 'plain', password: 'plain-password' }).href;
    expect(await attach(plain)).toMatch(/no superuser/);
    expect(await attach('postgres://root:s3cret@127.0.0.1:1/x')).toBe('it could not be asked (ECONNREFUSED)');
    expect(await attach(customer.url.replace(customer.password, 'wrong'))).toBe('it could not be asked (28P01)');
    expect(await attach(`${customer.url}?sslmode=require`)).toMatch(/could not be asked|not encrypted/);
    expect(await attach(customer.url, 'mars')).toBeInstanceOf(RegionUnknownError);
    await withSession(provisionUrl, (session) => session.query(`drop role ${login}`));
    expect(await new OwnClusters(platform.catalog).ofTenant(tenantId)).toBeNull();
    expect(await onServer(async (session) => (await session.query(ROLES)).rows)).toEqual([]);
  });

  it('carries one tenant in a database of its own whatever its plan, beside others elsewhere, and nobody else', async () => {
    const { ownServers } = provisioning;
    const tenantId = randomUUIDv7();
    const request = { tenantId, region: 'eu-west', connectionString: customer.url };
    const { cluster } = await ownServers.attach(request);
    expect(await ownServers.attach(request)).toEqual({ cluster });
    await ownServers.prepare(tenantId);
    await ownServers.prepare(tenantId);
    expect(await refusal(ownServers.attach({ ...request, tenantId: randomUUIDv7() }))).toBe('it is in use by this platform already');
    await expect(create(cluster, 'us-east')).rejects.toThrow(ClusterElsewhereError);
    await expect(create('own-nobody')).rejects.toThrow(ClusterUnknownError);

    const acme = await create(cluster, 'eu-west', 'starter');
    const globex = await test.tenant('database');
    expect(acme.placement).toMatchObject({ kind: 'database', cluster, schema: 'app' });
    const sql = new TenantSql(platform);
    for (const tenant of [acme, globex]) {
      await sql.run(
        tenant,
        `insert into tickets (tenant_id, id, title, created_at, updated_at) values ($1, gen_random_uuid(), $2, now(), now())`,
        [tenant.id, tenant.slug],
      );
      expect(await sql.run(tenant, 'select title from tickets')).toEqual([{ title: tenant.slug }]);
    }
    const lies = await onServer(async (session) => (await session.query('select title from app.tickets')).rows, acme.placement.database);
    expect(lies).toEqual([{ title: acme.slug }]);
    await expect(ownServers.detach(tenantId)).rejects.toThrow(ClusterInUseError);

    const home = { ...homeOf(acme.placement), version: null };
    expect(await provisioning.verifier.verify([home])).toEqual({ checked: 1, drifted: [], unreachable: [] });
    expect(await new PostgresServerRoles(provisioning.clusterBook).excesses(cluster)).toEqual([]);

    const breaches = await onServer((session) => auditCatalogue(session), acme.placement.database);
    // Its own databases, which are left as they are, may be connected to as before.
    expect(breaches.filter(({ rule }) => rule !== 'public-connect' && rule !== 'login-connects')).toEqual([]);
    const clerk = Object.assign(new URL(customer.url), { username: 'plain', password: 'plain-password', pathname: '/payroll' }).href;
    expect(await withSession(clerk, async (session) => (await session.query('select 1 as one')).rows)).toEqual([{ one: 1 }]);

    const auditor = await platform.auditors.grant(acme.id, {
      email: 'auditor@example.test',
      expiresAt: new Date(Date.now() + 60_000),
      reason: 'a look',
    });
    expect(new URL(auditor.url).port).toBe(new URL(customer.url).port);
    expect(await withSession(auditor.url, async (session) => (await session.query('select title from tickets')).rows)).toEqual([
      { title: acme.slug },
    ]);

    const closed = await provisioning.provisioner.setStatus(acme.id, 'suspended');
    await expect(TenantScope.run(closed, () => sql.run(closed, 'select 1 from tickets'))).rejects.toThrow();
    await provisioning.provisioner.setStatus(acme.id, 'active');

    const stale = await provisioning.tenants.get(acme.id);
    expect(await provisioning.keeper.keep([stale, globex])).toMatchObject({ failures: [], skipped: { elsewhere: 0 } });

    await canary();

    await provisioning.provisioner.remove(stale);
    await ownServers.detach(tenantId);
    await ownServers.detach(tenantId);
    expect(await onServer(async (session) => (await session.query(ROLES)).rows)).toEqual([]);
    const left = await onServer(async (session) => (await session.query(`select datname from pg_database order by 1`)).rows);
    expect(left).toEqual(['payroll', 'postgres', 'template0', 'template1'].map((datname) => ({ datname })));
    expect(await new OwnClusters(platform.catalog).ofTenant(tenantId)).toBeNull();
    const suffix = cluster.slice('own-'.length);
    expect((await secretNames()).filter((name) => name.includes(suffix))).toEqual([]);
    await expect(ownServers.prepare(tenantId)).rejects.toThrow(ClusterUnknownError);
  });

  it('is the first one’s of all who brought it at once; the others are refused and give back nothing of theirs', async () => {
    const { ownServers } = provisioning;
    const [first, second] = [randomUUIDv7(), randomUUIDv7()];
    const request = { region: 'eu-west', connectionString: customer.url };
    const { cluster } = await ownServers.attach({ ...request, tenantId: first });
    await ownServers.attach({ ...request, tenantId: second });
    await ownServers.prepare(first);
    expect(await refusal(ownServers.prepare(second))).toBe('it is in use by this platform already');
    await ownServers.detach(second);
    const acme = await create(cluster);
    expect(await new TenantSql(platform).run(acme, 'select title from tickets')).toEqual([]);
    await provisioning.provisioner.remove(acme);
    await ownServers.detach(first);
    expect(await onServer(async (session) => (await session.query(ROLES)).rows)).toEqual([]);
  });

  it('that is dead fails its own tenant in `up`, and no other', async () => {
    const { ownServers } = provisioning;
    const tenantId = randomUUIDv7();
    const { cluster } = await ownServers.attach({ tenantId, region: 'eu-west', connectionString: customer.url });
    await ownServers.prepare(tenantId);
    const acme = await create(cluster);
    const globex = await test.tenant('schema');
    const row = (await new OwnClusters(platform.catalog).ofTenant(tenantId))!;
    const alive = (await platform.secrets.get(`${row.secret}-migrator`)).value;
    await platform.secrets.set(`${row.secret}-migrator`, Object.assign(new URL(alive), { port: '1' }).href);
    // Another process: nothing of it is remembered there.
    const other = await openPlatform(test.platform.config, pino({ level: 'silent' }));
    const { keeper, clusterBook } = await openProvisioning(other);
    expect((await clusterBook.all()).map(({ name }) => name)).toContain(cluster);
    const run = await keeper.keep([acme, globex]);
    expect(run.failures).toEqual([
      { target: `${cluster}/${acme.placement.database}`, error: expect.stringContaining('ECONNREFUSED') as string },
    ]);
    for (const secret of [new URL(alive).password, new URL(alive).hostname]) expect(JSON.stringify(run)).not.toContain(secret);
    await other.close();
    await platform.secrets.set(`${row.secret}-migrator`, alive);
    await provisioning.provisioner.remove(acme);
    await ownServers.detach(tenantId);
  });

  it('leaves nothing when its secret cannot be kept', async () => {
    const tenantId = randomUUIDv7();
    const parts = (provisioning.ownServers as unknown as { parts: { secrets: Platform['secrets'] } }).parts;
    const { secrets } = parts;
    const failing = Object.assign(Object.create(secrets) as Platform['secrets'], {
      set: (name: string, value: string) => (name.endsWith('-admin') ? Promise.reject(new RangeError('away')) : secrets.set(name, value)),
    });
    Object.assign(parts, { secrets: failing });
    await expect(provisioning.ownServers.attach({ tenantId, region: 'eu-west', connectionString: customer.url })).rejects.toThrow('away');
    Object.assign(parts, { secrets });
    expect(await new OwnClusters(platform.catalog).ofTenant(tenantId)).toBeNull();
  });

  it('may be added by the processes’ login, and no cluster of the platform may', async () => {
    const run = (text: string): Promise<unknown> =>
      platform.catalog.em
        .fork()
        .execute(text)
        .then(
          () => 'allowed',
          (error: unknown) => (error as { code?: string }).code,
        );
    expect(await run(`insert into cluster (name, region) values ('mine', 'eu-west')`)).toBe('42501');
    expect(await run(`update cluster set region = 'mars'`)).toBe('42501');
    await run('delete from cluster');
    expect(await platform.catalog.em.fork().execute('select name from cluster where kind = ?', ['shared'])).toHaveLength(2);
    await expect(platform.secrets.get('cluster-nobody-admin')).rejects.toThrow(SecretNotFoundError);
  });

  /** The customer's password stands in the key vault alone. */
  async function canary(): Promise<void> {
    const tables = await platform.catalog.em
      .fork()
      .execute<{ name: string }[]>(`select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'public'`);
    const rows: unknown[] = [];
    for (const { name } of tables) rows.push(await platform.catalog.em.fork().execute(`select t::text from ${name} t`));
    const redis = new Redis(platform.config.REDIS_URL);
    const kept: unknown[] = [];
    for (const key of await redis.keys('*')) kept.push(key, await redis.dump(key));
    await redis.quit();
    const words = failures.map((error) => [String(error), JSON.stringify(error), (error as Error).stack, String((error as Error).cause)]);
    expect([rows.length, said.length + 1, failures.length].every((count) => count > 0)).toBe(true);
    for (const place of [rows, said, kept, words]) expect(JSON.stringify(place)).not.toContain(customer.password);
  }
});
