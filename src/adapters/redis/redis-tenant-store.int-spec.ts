import { randomUUIDv7 } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';
import type { ErasedTenant } from '#control/lifecycle/tenant-store.js';
import { closeRedis } from './redis-client.js';
import { RedisTenantStore } from './redis-tenant-store.js';
import { flush, freshPrefix, readyRedis, redisUrl, silent } from './redis.fixture.js';

const URL = redisUrl(process.env);
const PREFIX = freshPrefix();
const placement = { kind: 'row', region: 'eu', cluster: 'eu-1', database: 'app', schema: 'shared', secret: null, epoch: 1 } as const;
let redis: Redis;

beforeAll(async () => {
  redis = await readyRedis('spec', URL);
});
afterEach(() => flush(redis, PREFIX));
afterAll(() => closeRedis(redis));

describe('a tenant named like what keys are for', () => {
  it.each(['bull', 'rate', 'peer', 'slug', 'tenant-work'])('takes its own keys with it and nobody else’s (%s)', async (slug) => {
    const acme: ErasedTenant = { id: randomUUIDv7(), slug, placement };
    const globex = randomUUIDv7();
    const mine = [`tenantry:tenant:{${acme.id}}`, `tenantry:slug:${slug}`].map((key) => PREFIX + key);
    const others = [
      ...['tenantry:bull:tenant-work:meta', 'tenantry:bull:platform-work:wait', 'tenantry:rate:{x}:peer:192.0.2.1'],
      ...[`tenantry:tenant:{${globex}}`, `tenantry:slug:${slug}-2`, `tenantry:slug:x-${slug}`],
    ].map((key) => PREFIX + key);
    for (const key of [...mine, ...others]) await redis.set(key, 'x', 'EX', 600);
    const store = new RedisTenantStore([URL], silent);
    await store.erase(acme);
    expect(await redis.exists(...mine)).toBe(0);
    expect(await redis.exists(...others)).toBe(others.length);
    expect(await store.search(acme)).toEqual([]);
  });
});
