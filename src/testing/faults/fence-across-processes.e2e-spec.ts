import { randomBytes } from 'node:crypto';
import { HttpDoor, type Caller } from '#testing/faults/http-door.js';
import { report } from '#testing/faults/report.js';
import { until } from '#testing/faults/until.js';
import { Superuser } from '#testing/faults/superuser.js';
import { TcpProxy } from '#testing/tcp-proxy.js';
import { TestPlatform, TIERS, type Tier } from '#testing/test-platform.js';

/** A process that knows each tenant, hears of no change any more and believes what it knows: what is left is the fence. */
describe('a process that hears of no change', () => {
  let tests: TestPlatform;
  let redis: TcpProxy;
  let deaf: TestPlatform;
  let door: HttpDoor;
  let catalog: Superuser;
  let refreshes: number;

  beforeAll(async () => {
    tests = await TestPlatform.open();
    redis = await TcpProxy.to(process.env['REDIS_URL']!);
    deaf = await TestPlatform.open({ REDIS_URL: redis.through(process.env['REDIS_URL']!), TENANT_CACHE_TTL_SECONDS: '600' });
    door = await HttpDoor.on(deaf);
    const url = new URL(process.env['CATALOG_PROVISION_URL']!);
    url.pathname = new URL(process.env['CATALOG_DATABASE_URL']!).pathname;
    catalog = await Superuser.on(url.href);
    const { directory } = deaf.platform;
    const refresh = directory.refresh.bind(directory);
    directory.refresh = (id) => {
      refreshes += 1;
      return refresh(id);
    };
  });
  beforeEach(async () => {
    refreshes = 0;
    await redis.pass();
  });
  afterAll(async () => {
    await door.close();
    await deaf.close();
    await tests.close();
    await catalog.close();
    await redis.close();
  });

  /** Known there, and then not heard of again: what it hears by is held, and so is not even known to be lost. */
  async function knownAndDeaf(tier: Tier): Promise<Caller> {
    const tenant = await tests.tenant(tier);
    const caller = door.callerWith(tenant, await tests.apiKey(tenant));
    expect((await caller.open()).status).toBe(201);
    redis.silence();
    refreshes = 0;
    return caller;
  }

  it.each(TIERS)('is refused by the fence of a suspended tenant, and says so at once (%s)', async (tier) => {
    const caller = await knownAndDeaf(tier);
    await tests.provisioning.provisioner.setStatus(caller.tenant.id, 'suspended');
    const refused = await caller.list();
    report(
      `suspended elsewhere (${tier}): ${refused.status} ${refused.code} after ${refused.milliseconds.toFixed(0)} ms and ${refreshes} look-ups`,
    );
    expect([refused.status, refused.code]).toEqual([402, 'tenant.suspended']);
    // None when what this process knew happened to expire at that very moment.
    expect(refreshes).toBeLessThanOrEqual(1);
    const again = await caller.open();
    expect([again.status, again.code]).toEqual([402, 'tenant.suspended']);
    await tests.provisioning.provisioner.setStatus(caller.tenant.id, 'active');
    const servedAfter = await until(async () => (await caller.list()).status === 200, 8_000);
    report(`reinstated elsewhere (${tier}): served again after ${servedAfter.toFixed(0)} ms`);
    const back = await caller.list();
    expect([back.status, back.titles]).toEqual([200, [caller.tenant.slug]]);
  });

  it.each(TIERS)('asks once and succeeds when a tenant has a new epoch (%s)', async (tier) => {
    const caller = await knownAndDeaf(tier);
    await catalog.run('update placement set epoch = epoch + 1 where tenant_id = $1', [caller.tenant.id]);
    await tests.provisioning.keeper.keep([await tests.provisioning.tenants.get(caller.tenant.id)]);
    const opened = await caller.open();
    expect([opened.status, refreshes]).toEqual([201, 1]);
    const listed = await caller.list();
    expect([listed.status, listed.titles, refreshes]).toEqual([200, [caller.tenant.slug, caller.tenant.slug], 1]);
  });
});

describe('a master key that is rotated', () => {
  const [k1, k2] = ['k1', 'k2'].map((id) => `${id}:${randomBytes(32).toString('base64url')}`) as [string, string];
  const platforms: TestPlatform[] = [];
  const doors: HttpDoor[] = [];

  afterAll(async () => {
    for (const door of doors) await door.close();
    for (const platform of platforms.reverse()) await platform.close();
  });

  async function withKeys(keys: string): Promise<{ tests: TestPlatform; door: HttpDoor }> {
    const tests = await TestPlatform.open({ CAPABILITY_KEYS: keys });
    platforms.push(tests);
    const door = await HttpDoor.on(tests);
    doors.push(door);
    return { tests, door };
  }

  it('stops nobody on the way, and shuts out who still has the old one alone at the end', async () => {
    const old = await withKeys(k1);
    const tenants = await Promise.all(TIERS.map((tier) => old.tests.tenant(tier)));
    const keys = await Promise.all(tenants.map((tenant) => old.tests.apiKey(tenant)));
    const statusesAt = async (door: HttpDoor): Promise<(string | number)[]> => {
      const answers = await Promise.all(tenants.map((tenant, index) => door.callerWith(tenant, keys[index]!).list()));
      return answers.map(({ status, code }) => code ?? status);
    };
    const fleet = async ({ tests }: { tests: TestPlatform }): Promise<number> => (await tests.provisioning.keeper.keep(tenants)).sealed;

    expect(await statusesAt(old.door)).toEqual([200, 200, 200]);
    const both = await withKeys(`${k2},${k1}`);
    expect(await fleet(both)).toBe(3);
    expect([await statusesAt(old.door), await statusesAt(both.door)]).toEqual([
      [200, 200, 200],
      [200, 200, 200],
    ]);
    const newOnly = await withKeys(k2);
    expect(await fleet(newOnly)).toBe(3);
    expect(await fleet(newOnly)).toBe(0);
    expect([await statusesAt(both.door), await statusesAt(newOnly.door)]).toEqual([
      [200, 200, 200],
      [200, 200, 200],
    ]);
    const refused = await Promise.all(tenants.map((tenant, index) => old.door.callerWith(tenant, keys[index]!).list()));
    expect(refused.map(({ status, code, titles }) => [status, code, titles])).toEqual(tenants.map(() => [503, 'tenant.unavailable', []]));
    for (const { registry } of [old.tests.platform, newOnly.tests.platform]) {
      for (const { total, idle, waiting } of Object.values(registry.stats())) expect([idle, waiting]).toEqual([total, 0]);
    }
  });
});
