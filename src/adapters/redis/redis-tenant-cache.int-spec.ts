import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';
import type { FillRight } from '#kernel/tenancy/shared-tenant-cache.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { closeRedis } from './redis-client.js';
import { RedisProxy } from './redis-proxy.fixture.js';
import { RedisTenantCache } from './redis-tenant-cache.js';
import { flush, freshPrefix, readyRedis, redisUrl, silent, until } from './redis.fixture.js';

const REDIS_URL = redisUrl(process.env);
let redis: Redis;
let prefix: string;
let acme: Tenant;
let one: RedisTenantCache;
let other: RedisTenantCache;

beforeAll(async () => (redis = await readyRedis('spec', REDIS_URL)));
afterAll(() => closeRedis(redis));

beforeEach(() => {
  prefix = freshPrefix();
  acme = tenant();
  one = new RedisTenantCache({ redis, log: silent, ttlMs: 30_000, prefix });
  other = new RedisTenantCache({ redis, log: silent, ttlMs: 30_000, prefix });
});
afterEach(() => flush(redis, prefix));

function tenant(): Tenant {
  const placement = {
    kind: 'database',
    region: 'eu',
    cluster: 'eu-1',
    database: 'acme',
    schema: 'shared',
    secret: 'acme-db',
    epoch: 1,
  } as const;
  return {
    id: randomUUID(),
    slug: 'acme',
    name: 'Acme',
    plan: 'enterprise',
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
}

async function rightToFill(cache: RedisTenantCache, id: string): Promise<FillRight> {
  const answer = await cache.find(id);
  if (!answer || !('fill' in answer)) throw new Error('there was something to find');
  return answer.fill;
}

async function fill(cache: RedisTenantCache, filled: Tenant): Promise<void> {
  cache.keep(filled, await rightToFill(cache, filled.id));
  await until(async () => (await redis.exists(`${prefix}tenant:{${filled.id}}`)) === 1);
}

describe('the shared cache of tenants', () => {
  it('gives one process what another read, for what is left of its time', async () => {
    await fill(one, acme);
    const found = await other.find(acme.id);
    expect(found).toEqual({ tenant: acme, freshForMs: expect.any(Number) });
    expect(found && 'freshForMs' in found && found.freshForMs).toBeGreaterThan(29_000);
  });

  it('leads from a slug to a tenant', async () => {
    expect(await one.idOfSlug('acme')).toBeNull();
    one.noteSlug('acme', acme.id);
    await until(async () => (await other.idOfSlug('acme')) === acme.id);
  });

  it.each([
    ['the tenant was forgotten', () => other.forget(acme.id)],
    ['the tenant was forgotten and asked for again', async () => (await other.forget(acme.id), await other.find(acme.id))],
    ['the tenant was renewed', () => other.renew(acme.id)],
    ['Redis forgot everything', () => flush(redis, prefix)],
    ['Redis forgot everything and the tenant was asked for again', async () => (await flush(redis, prefix), await other.find(acme.id))],
  ])('refuses what began to be read before %s', async (_, change) => {
    const right = await rightToFill(one, acme.id);
    await change();
    one.keep(acme, right);
    await redis.ping();
    expect(await redis.exists(`${prefix}tenant:{${acme.id}}`)).toBe(0);
  });

  it('keeps what whoever renewed it reads', async () => {
    await fill(one, acme);
    const right = await other.renew(acme.id);
    expect(await one.find(acme.id)).toEqual({ fill: right });
    other.keep({ ...acme, name: 'Acme Ltd' }, right!);
    await redis.ping();
    expect(await one.find(acme.id)).toMatchObject({ tenant: { name: 'Acme Ltd' } });
  });

  it.each([
    ['is not JSON', () => '{'],
    ['is no tenant', () => JSON.stringify({ _tenant: acme.id, tenant: { ...acme, status: 'root' } })],
    ['says it is another tenant', () => JSON.stringify({ _tenant: randomUUID(), tenant: acme })],
    ['holds another tenant', () => JSON.stringify({ _tenant: acme.id, tenant: { ...acme, id: randomUUID() } })],
  ])('does not believe a value that %s, and lets it be replaced', async (_, value) => {
    await redis.set(`${prefix}tenant:{${acme.id}}`, value());
    await fill(one, acme);
    expect(await other.find(acme.id)).toMatchObject({ tenant: acme });
  });

  it('costs little and raises nothing while Redis is away or silent', async () => {
    const proxy = await RedisProxy.to(REDIS_URL);
    const client = await readyRedis('spec', proxy.url);
    const cache = new RedisTenantCache({ redis: client, log: silent, ttlMs: 30_000, prefix });
    proxy.block();
    const began = performance.now();
    for (let index = 0; index < 20; index += 1) expect(await cache.find(acme.id)).toBeNull();
    expect(await cache.idOfSlug('acme')).toBeNull();
    expect(await cache.renew(acme.id)).toBeNull();
    expect(performance.now() - began).toBeLessThan(300);
    expect(cache.health.status).toBe('degraded');
    proxy.cut();
    expect(await cache.find(acme.id)).toBeNull();
    cache.close();
    await closeRedis(client);
    proxy.close();
  });

  it('does not read a tenant it could not forget, though it reads others', async () => {
    await fill(one, acme);
    const unlink = (...keys: string[]) =>
      keys.some((key) => key.includes(acme.id)) ? Promise.reject(new Error('no')) : redis.unlink(...keys);
    const cache = new RedisTenantCache({ redis: Object.create(redis, { unlink: { value: unlink } }), log: silent, ttlMs: 30_000, prefix });
    await cache.forget(acme.id);
    await cache.forget(randomUUID());
    expect(await cache.find(randomUUID())).not.toBeNull();
    expect(await cache.find(acme.id)).toBeNull();
    cache.close();
  });

  it('does not read a tenant it could not forget, and forgets it when Redis is back', async () => {
    const proxy = await RedisProxy.to(REDIS_URL);
    const client = await readyRedis('spec', proxy.url);
    const cache = new RedisTenantCache({ redis: client, log: silent, ttlMs: 30_000, prefix });
    await fill(cache, acme);
    expect(await cache.find(acme.id)).toMatchObject({ tenant: acme });
    proxy.cut();
    await cache.forget(acme.id);
    proxy.mend();
    await until(() => client.status === 'ready', 3_000);
    expect(JSON.stringify(await cache.find(acme.id))).not.toContain('Acme');
    await until(async () => (await redis.exists(`${prefix}tenant:{${acme.id}}`)) === 0, 3_000);
    await until(async () => (await cache.find(acme.id)) !== null);
    cache.close();
    await closeRedis(client);
    proxy.close();
  });
});
