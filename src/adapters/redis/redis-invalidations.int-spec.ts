import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';
import { CachedTenantDirectory } from '#kernel/tenancy/cached-tenant-directory.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { closeRedis } from './redis-client.js';
import { RedisInvalidations } from './redis-invalidations.js';
import { RedisProxy } from './redis-proxy.fixture.js';
import { RedisTenantCache } from './redis-tenant-cache.js';
import { flush, freshPrefix, readyRedis, redisUrl, silent, until } from './redis.fixture.js';

const REDIS_URL = redisUrl(process.env);

interface Process {
  readonly directory: CachedTenantDirectory;
  readonly channel: RedisInvalidations;
  readonly proxy: RedisProxy;
  readonly clients: readonly Redis[];
  close(): Promise<void>;
}

let prefix: string;
let acme: Tenant;
let reads: number;
let one: Process;
let other: Process;

beforeEach(async () => {
  prefix = freshPrefix();
  reads = 0;
  const placement = { kind: 'row', region: 'eu', cluster: 'eu-1', database: 'tenantry', schema: 'shared', secret: null, epoch: 1 } as const;
  acme = {
    id: randomUUID(),
    slug: 'acme',
    name: 'Acme',
    plan: 'starter',
    status: 'active',
    access: 'full',
    billedFrom: null,
    homeVersion: null,
    homeNeeds: null,
    billedUntil: null,
    overrides: [],
    region: 'eu',
    placement,
  };
  [one, other] = await Promise.all([start(), start()]);
});

afterEach(async () => {
  await Promise.all([one.close(), other.close()]);
  const redis = await readyRedis('spec', REDIS_URL);
  await flush(redis, prefix);
  await closeRedis(redis);
});

/** A process with connections of its own; the records are shared by all. */
async function start(): Promise<Process> {
  const proxy = await RedisProxy.to(REDIS_URL);
  const [publisher, subscriber, redis] = await Promise.all([
    readyRedis('commands', proxy.url),
    readyRedis('changes', proxy.url),
    readyRedis('cache', proxy.url),
  ]);
  const channel = new RedisInvalidations({ publisher, subscriber, log: silent, prefix });
  const shared = new RedisTenantCache({ redis, log: silent, ttlMs: 30_000, prefix });
  const directory = new CachedTenantDirectory(records, { shared, channel });
  channel.start();
  await until(() => channel.isUp);
  const clients = [publisher, subscriber, redis];
  const close = async (): Promise<void> => {
    channel.stop();
    shared.close();
    await Promise.all(clients.map(closeRedis));
    proxy.close();
  };
  return { directory, channel, proxy, clients, close };
}

const read = async (isAsked: boolean): Promise<Tenant | null> => ((reads += 1), isAsked ? Object.freeze({ ...acme }) : null);
const records = {
  bySlug: (slug: string) => read(slug === acme.slug),
  byId: (id: string) => read(id === acme.id),
  byDomain: () => read(false),
  refresh: (id: string) => read(id === acme.id),
  apiKey: async () => null,
};

async function nameIn({ directory }: Process): Promise<string | undefined> {
  return (await directory.bySlug('acme'))?.name;
}

describe('changes of tenants, between processes', () => {
  it('are known to every process within a second, and nothing older comes back from the shared cache', async () => {
    for (let round = 0; round < 20; round += 1) {
      expect([await nameIn(one), await nameIn(other)]).toEqual([acme.name, acme.name]);
      acme = { ...acme, name: `Acme ${round}` };
      await one.directory.announce(acme.id);
      expect(await nameIn(one)).toBe(acme.name);
      await until(async () => (await nameIn(other)) === acme.name);
    }
  });

  it('cost the records one read for all processes', async () => {
    await one.directory.announce(acme.id);
    await one.directory.byId(acme.id);
    const kept = await readyRedis('spec', REDIS_URL);
    await until(async () => (await kept.keys(`${prefix}tenant:*`)).some((key) => key.endsWith('}')));
    await closeRedis(kept);
    expect(await other.directory.byId(acme.id)).toEqual(acme);
    expect(reads).toBe(1);
  });

  it('make a new tenant visible that was asked for before', async () => {
    acme = { ...acme, slug: 'not-yet' };
    expect(await nameIn(other)).toBeUndefined();
    acme = { ...acme, slug: 'acme' };
    await one.directory.announce(acme.id);
    await until(async () => (await nameIn(other)) === 'Acme');
  });

  it('are caught up with when a process could not hear them', async () => {
    await nameIn(other);
    other.proxy.cut();
    await until(() => !other.channel.isUp);
    acme = { ...acme, name: 'Acme Ltd' };
    await one.directory.announce(acme.id);
    expect(await nameIn(other)).toBe('Acme');
    other.proxy.mend();
    await until(() => other.channel.isUp, 3_000);
    expect(await nameIn(other)).toBe('Acme Ltd');
  });

  it('are not waited for longer than two seconds by a process that cannot hear', async () => {
    await nameIn(other);
    other.proxy.cut();
    acme = { ...acme, name: 'Acme Ltd' };
    await one.directory.announce(acme.id);
    await until(async () => (await nameIn(other)) === 'Acme Ltd', 2_500);
    expect(other.channel.isUp).toBe(false);
  });

  it('are told later when they cannot be told now', async () => {
    await nameIn(other);
    one.proxy.cut();
    acme = { ...acme, name: 'Acme Ltd' };
    await one.directory.announce(acme.id);
    expect(await nameIn(one)).toBe('Acme Ltd');
    expect(one.channel.health.status).toBe('degraded');
    one.proxy.mend();
    await until(async () => (await nameIn(other)) === 'Acme Ltd', 4_000);
  });

  it('are not believed to be heard on a connection that went silent', async () => {
    other.proxy.block();
    await until(() => !other.channel.isUp, 6_000);
    other.proxy.cut();
    other.proxy.mend();
    await until(() => other.channel.isUp, 4_000);
  });

  it('are found by refreshing when the message was lost, by every process', async () => {
    expect([await nameIn(one), await nameIn(other)]).toEqual(['Acme', 'Acme']);
    acme = { ...acme, name: 'Acme Ltd' };
    expect((await one.directory.refresh(acme.id))?.name).toBe('Acme Ltd');
    expect(await nameIn(one)).toBe('Acme Ltd');
    expect(await nameIn(other)).toBe('Acme');
    expect((await other.directory.refresh(acme.id))?.name).toBe('Acme Ltd');
  });
});
