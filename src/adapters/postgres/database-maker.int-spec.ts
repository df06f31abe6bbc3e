import { identifier, withSession } from '#adapters/postgres/session.js';
import { TestPlatform } from '#testing/test-platform.js';

describe('a database of one’s own', () => {
  let tests: TestPlatform;
  beforeAll(async () => {
    tests = await TestPlatform.open();
  });
  afterAll(() => tests.close());

  it('that is taken away while its secret is changed leaves none', async () => {
    const { acme, globex } = await tests.pair('database');
    const { database, secret } = acme.placement;
    const cluster = await tests.provisioning.clusterBook.named(acme.placement.cluster);
    const { secrets } = tests.platform;
    const theirs = (await secrets.get(String(globex.placement.secret))).value;
    let rotated: Promise<unknown> = Promise.resolve();
    // Who takes it away has the turn.
    await withSession(cluster.provisionUrl, async (session) => {
      await session.query('select pg_advisory_lock(hashtext($1))', [`tenantry.place.${database}`]);
      rotated = tests.provisioning.databases.rotate(acme, cluster).then(
        () => 'rotated',
        (error: unknown) => (error as { code?: string }).code,
      );
      await new Promise((resolve) => setTimeout(resolve, 300));
      await session.query(`drop database ${identifier(database)} with (force)`);
      await secrets.delete(String(secret));
    });
    expect(await rotated).toBe('3D000');
    await expect(secrets.get(String(secret))).rejects.toMatchObject({ name: 'SecretNotFoundError' });
    expect((await secrets.get(String(globex.placement.secret))).value).toBe(theirs);
  });
});
