import { randomBytes } from 'node:crypto';
import { OutboxOverseer } from '#adapters/postgres/outbox-overseer.js';
import { clusterNamed } from '#control/provisioning/cluster.js';
import { Superuser } from '#testing/faults/superuser.js';
import { until } from '#testing/faults/until.js';
import { TestPlatform } from '#testing/test-platform.js';

describe('the overseer of work', () => {
  const CLUSTER = 'eu-west-1';
  const QUERY = { lateAfterMs: 0, atMost: 1 };
  const name = `spec-${randomBytes(6).toString('hex')}`;
  let tests: TestPlatform;
  let superuser: Superuser;
  let overseer: OutboxOverseer;

  beforeAll(async () => {
    tests = await TestPlatform.open();
    const { migratorUrl, provisionUrl } = clusterNamed(CLUSTER, tests.provisioning.clusters);
    superuser = await Superuser.on(provisionUrl);
    const named = new URL(migratorUrl);
    named.searchParams.set('application_name', name);
    const clusters = [{ name: CLUSTER, migratorUrl: named.href }, { name: 'unlit' }];
    overseer = new OutboxOverseer(clusters, tests.platform.log);
  });
  afterAll(async () => {
    await superuser.close();
    await tests.close();
  });

  const sessions = async (): Promise<unknown[]> =>
    (await superuser.run('select pid from pg_stat_activity where application_name = $1', [name])).map(({ pid }) => pid);

  it('looks again and again over one connection, and says which clusters it has no login for', async () => {
    await overseer.tenantsWithWork(1_000);
    const first = await sessions();
    const looks = Array.from({ length: 5 }, () => overseer.troubled(QUERY));
    expect((await Promise.all(looks)).map(({ unseen }) => unseen)).toEqual(Array(5).fill(['unlit']));
    expect([first.length, await sessions()]).toEqual([1, first]);
  });

  it('takes another connection when that one is cut', async () => {
    const before = await sessions();
    await superuser.run('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [name]);
    // The first look may be the one that finds out.
    await overseer.troubled(QUERY);
    expect((await overseer.troubled(QUERY)).unseen).toEqual(['unlit']);
    expect(await sessions()).not.toEqual(before);
  });

  it('holds none once it is closed', async () => {
    await overseer.close();
    await until(async () => (await sessions()).length === 0, 5_000);
    expect((await overseer.troubled(QUERY)).unseen.toSorted()).toEqual([CLUSTER, 'unlit']);
  });
});
