import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import type { Finding } from '#control/doctor/check.js';
import { RolesCheck } from '#control/doctor/checks/roles.check.js';
import type { Cluster } from '#control/provisioning/cluster.js';
import { OWN_DATABASE_SCHEMA, TEMPLATE_DATABASE } from '#control/provisioning/placer.js';
import { openFoundations } from '#main/provisioning.js';
import { CustomerServer } from '#testing/customer-server.js';
import { TestPlatform } from '#testing/test-platform.js';
import { PostgresFoundations } from './postgres-foundations.js';
import { PostgresServerRoles } from './postgres-server-roles.js';

/** What somebody did to roles by hand, and what is told of it. */
const EXCESSES: readonly [sql: string, role: string, problem: RegExp][] = [
  ['grant tenantry_owner to tenantry_app', 'tenantry_app', /is a member of tenantry_owner/],
  ['grant tenantry_sentinel to tenantry_migrator', 'tenantry_migrator', /is a member of tenantry_sentinel/],
  ['grant tenantry_overseer to somebody', 'somebody', /is a member of tenantry_overseer/],
  ['grant pg_read_all_data to tenantry_app', 'tenantry_app', /is a member of pg_read_all_data/],
  ['grant tenantry_owner to tenantry_migrator with admin true', 'tenantry_migrator', /may admin as a member of tenantry_owner/],
  ['grant tenantry_tenant to tenantry_app with set true', 'tenantry_app', /may set as a member of tenantry_tenant/],
  ['alter role tenantry_app bypassrls createrole', 'tenantry_app', /is bypassrls, createrole/],
  ['alter role tenantry_migrator superuser', 'tenantry_migrator', /is superuser/],
  ['alter role tenantry_catalog createdb replication', 'tenantry_catalog', /is createdb, replication/],
  ['alter role tenantry_owner login', 'tenantry_owner', /is login/],
];

describe('a server as provisioning leaves it', () => {
  let test: TestPlatform;
  let server: CustomerServer;
  let cluster: Cluster;
  let foundations: PostgresFoundations;
  let check: RolesCheck;

  beforeAll(async () => {
    [test, server] = await Promise.all([TestPlatform.open(), CustomerServer.start()]);
    const login = (name: string): string =>
      Object.assign(new URL(atDatabase(server.url, 'tenantry_own')), { username: name, password: 'spec-password' }).href;
    const name = 'eu-west-1';
    cluster = {
      ...{ name, region: 'eu-west', kind: 'shared', provisionUrl: server.url },
      ...{ appUrl: login('tenantry_app'), migratorUrl: login('tenantry_migrator') },
    };
    const { clusterBootstrap, foundation } = openFoundations(test.platform);
    await clusterBootstrap.run(cluster);
    const clusters = { named: () => Promise.resolve(cluster) };
    foundations = new PostgresFoundations(clusters, foundation);
    check = new RolesCheck(new PostgresServerRoles(clusters), () => Promise.resolve([name]));
    await on('create role somebody login');
  }, 120_000);
  afterAll(async () => {
    await test.close();
    await server.close();
  });

  const on = (text: string, database = 'tenantry_own'): Promise<pg.QueryResult> =>
    withSession(atDatabase(server.url, database), (session) => session.query(text));
  const told = async (): Promise<readonly Finding[]> => check.look();

  it('has roles with what they were given and nothing else, those of auditors, databases and superusers too', async () => {
    expect(await told()).toEqual([]);
    const [own, auditor] = ['e', 'a'].map((kind) => `tenantry_${kind}_${randomBytes(10).toString('hex')}`);
    await on(`create role ${own} login noinherit`);
    await on(`grant tenantry_tenant to ${own} with inherit true, set false, admin false`);
    await on(`grant ${own} to tenantry_keeper with admin true, inherit false, set false`);
    await on(
      `set role tenantry_keeper; create role ${auditor} login noinherit; grant tenantry_auditor to ${auditor} with inherit true, set false, admin false`,
    );
    await on('create role admin superuser');
    await on('grant tenantry_owner to admin');
    expect(await told()).toEqual([]);
  });

  it.each(EXCESSES)('%s is told, and taken away', async (sql, role, problem) => {
    await on(sql);
    const findings = await told();
    expect(findings).toMatchObject([{ subject: `role ${role} on ${cluster.name}`, problem: expect.stringMatching(problem) }]);
    await findings[0]?.mend?.();
    expect(await told()).toEqual([]);
  });

  it('takes away with a membership what its holder gave on', async () => {
    await on('grant tenantry_owner to tenantry_app with admin true');
    await on('set role tenantry_app; grant tenantry_owner to somebody');
    expect((await told()).map(({ subject }) => subject)).toEqual([
      `role somebody on ${cluster.name}`,
      `role tenantry_app on ${cluster.name}`,
    ]);
    for (const { mend } of await told()) await mend?.();
    expect(await told()).toEqual([]);
  });

  it('has a template that is held against the file and not against itself', async () => {
    const difference = (database: string) => foundations.difference(cluster.name, database);
    const nothing = { missing: [], extra: [], changed: [], repair: [], isOfNewerBuild: false };
    for (const database of ['tenantry_own', TEMPLATE_DATABASE]) expect(await difference(database)).toEqual(nothing);
    await on('create policy open on tenancy.outbox to tenantry_tenant using (true)', TEMPLATE_DATABASE);
    const other = new PostgresFoundations({ named: () => Promise.resolve(cluster) }, openFoundations(test.platform).foundation);
    expect(await other.difference(cluster.name, 'tenantry_own')).toEqual(nothing);
    expect(await other.difference(cluster.name, TEMPLATE_DATABASE)).toMatchObject({ extra: [{ what: 'table outbox policy open' }] });
    const { rowCount } = await on(`select from pg_policies where schemaname = '${OWN_DATABASE_SCHEMA}'`, TEMPLATE_DATABASE);
    expect(rowCount).toBeGreaterThan(0);
  });
});
