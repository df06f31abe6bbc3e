import { randomBytes } from 'node:crypto';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import { WarmPlaces, type WarmPlace } from '#catalog/onboarding/warm-places.js';
import { fillWarmPool, type WarmPoolParts } from '#control/onboarding/warm-pool.js';
import type { PlaceMaker } from '#control/provisioning/isolation-layer.js';
import type { WorkTry } from '#control/work/work-kind.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { PLAN_OF_TIER, TestPlatform } from '#testing/test-platform.js';
import { TenantSql } from '#testing/tenant-sql.js';

const WARM_TIERS = ['schema', 'database'] as const;
const work = { signal: new AbortController().signal } as WorkTry;

describe('the pool of places', () => {
  let test: TestPlatform;
  let pool: WarmPlaces;
  let parts: WarmPoolParts;

  beforeAll(async () => {
    test = await TestPlatform.open();
    pool = new WarmPlaces(test.platform.catalog);
    const { clusterBook, placer, places } = test.provisioning;
    parts = { pool, clusters: clusterBook, placer, maker: places, goals: { schema: 1, database: 1 } };
  });
  // Nobody else of the specs has a pool, and what is left in it would be given to them.
  afterEach(async () => {
    for (const place of await pool.all()) {
      await parts.maker.discard(place);
      await pool.forget(place.id);
    }
  });
  afterAll(() => test.close());

  const fill = (own: Partial<WarmPoolParts> = {}): Promise<unknown> => fillWarmPool({ ...parts, ...own }).steps[0]!.run({}, work);
  const make = (tier: (typeof WARM_TIERS)[number]): Promise<Tenant> => {
    const slug = `test-${randomBytes(6).toString('hex')}`;
    return test.make({ slug, companyName: slug, adminEmail: 'a@b.test', plan: PLAN_OF_TIER[tier], region: 'us-east' });
  };
  const read = async (tier: string): Promise<WarmPlace[]> =>
    (await pool.all()).filter(({ cluster, kind }) => cluster === 'us-east-1' && kind === tier);
  const use = (tenant: Tenant): Promise<unknown> => new TenantSql(test.platform).run(tenant, 'select count(*) from tickets');

  it('has on each cluster as many of a kind as it should, which belong to nobody', async () => {
    await fill();
    const places = await pool.all();
    expect(places.map(({ cluster, kind, state }) => [cluster, kind, state]).sort()).toEqual([
      ['eu-west-1', 'database', 'ready'],
      ['eu-west-1', 'schema', 'ready'],
      ['us-east-1', 'database', 'ready'],
      ['us-east-1', 'schema', 'ready'],
    ]);
    const [database] = await read('database');
    const own = (await test.platform.secrets.get(database?.secret ?? '')).value;
    expect(await withSession(own, async (session) => (await session.query('select from tenancy.whoami')).rowCount)).toBe(0);
    await fill();
    expect(await pool.all()).toEqual(places);
  });

  it.each(WARM_TIERS)(
    'gives each place to one tenant of those who come at once, makes one for the other, and is filled again (%s)',
    async (tier) => {
      await fill();
      const [ready] = await read(tier);
      const [one, two] = await Promise.all([make(tier), make(tier)]);
      const given = [one, two].filter(({ placement }) => placement.schema === ready?.schema && placement.database === ready.database);
      expect(given).toHaveLength(1);
      for (const tenant of [one, two]) await expect(use(tenant)).resolves.toBeDefined();
      expect(await read(tier)).toEqual([]);
      await fill();
      expect(await read(tier)).toHaveLength(1);
    },
  );

  it.each(WARM_TIERS)('brings a place that is older than the newest migration there, before anybody is given it (%s)', async (tier) => {
    await fill();
    const [ready] = await read(tier);
    await test.platform.catalog.em.fork().execute(`update warm_place set version = '0001-tickets' where id = ?`, [ready?.id]);
    // Taken as it is, it is brought up while the tenant is made.
    const made = await make(tier);
    expect([made.placement.schema, made.placement.database]).toEqual([ready?.schema, ready?.database]);
    await expect(use(made)).resolves.toBeDefined();
    await fill();
    const [next] = await read(tier);
    await test.platform.catalog.em.fork().execute(`update warm_place set version = '0001-tickets' where id = ?`, [next?.id]);
    await fill();
    expect((await read(tier)).map(({ id, version, state }) => [id, version, state])).toEqual([[next?.id, parts.maker.version, 'ready']]);
  });

  it('goes on past a place that cannot be made, and takes it away the next time', async () => {
    const maker: PlaceMaker = {
      version: parts.maker.version,
      make: (place) => (place.kind === 'schema' ? Promise.reject(new Error('gone')) : parts.maker.make(place)),
      discard: (place) => parts.maker.discard(place),
    };
    await fill({ maker });
    expect((await pool.all()).map(({ kind, state }) => `${kind} ${state}`).sort()).toEqual([
      'database ready',
      'database ready',
      'schema broken',
      'schema broken',
    ]);
    await fill();
    await fill();
    expect((await pool.all()).map(({ kind, state }) => `${kind} ${state}`).sort()).toEqual([
      'database ready',
      'database ready',
      'schema ready',
      'schema ready',
    ]);
  });

  it('has no more places than it should while none can be made or taken away', async () => {
    const gone = () => Promise.reject(new Error('gone'));
    for (let minute = 0; minute < 3; minute += 1) await fill({ maker: { version: parts.maker.version, make: gone, discard: gone } });
    const states = async () => (await pool.all()).map(({ kind, state }) => `${kind} ${state}`).sort();
    expect(await states()).toEqual(['database broken', 'database broken', 'schema broken', 'schema broken']);
    for (let minute = 0; minute < 2; minute += 1) await fill();
    expect(await states()).toEqual(['database ready', 'database ready', 'schema ready', 'schema ready']);
  });

  it('loses no place to a tenant that is taken back', async () => {
    await fill();
    const [ready] = await read('schema');
    const slug = `test-${randomBytes(6).toString('hex')}`;
    const asked = { slug, companyName: slug, adminEmail: 'a@b.test', plan: 'professional', region: 'us-east' };
    await expect(test.desk.ask({ ...asked, region: 'us-east', slug: 'no' })).rejects.toThrow();
    expect(await read('schema')).toEqual([ready]);
    const { id } = await test.desk.ask(asked);
    await test.platform.works.cancel(id, { before: 'activate' });
    await expect(test.onboarded(id)).rejects.toThrow('compensated');
    const isThere = await withSession(
      atDatabase((await parts.clusters.named('us-east-1')).provisionUrl, ready?.database ?? ''),
      async (session) => (await session.query('select from pg_namespace where nspname = $1', [ready?.schema])).rowCount,
    );
    expect(isThere).toBe(0);
  });
});
