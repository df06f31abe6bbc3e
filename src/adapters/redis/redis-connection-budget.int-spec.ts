import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';
import { ServerBudgetExhaustedError } from '#kernel/isolation/isolation.errors.js';
import type { ReleaseSlot } from '#kernel/isolation/tenant-client.js';
import { closeRedis } from './redis-client.js';
import { RedisConnectionBudget } from './redis-connection-budget.js';
import { RedisProxy } from './redis-proxy.fixture.js';
import { flush, freshPrefix, readyRedis, redisUrl, until } from './redis.fixture.js';

const REDIS_URL = redisUrl(process.env);
const MAX = 10;
const open: { budget: RedisConnectionBudget; redis: Redis; proxy: RedisProxy }[] = [];
let redis: Redis;
let prefix: string;
let server: string;

beforeAll(async () => (redis = await readyRedis('spec', REDIS_URL)));
afterAll(() => closeRedis(redis));
beforeEach(() => {
  prefix = freshPrefix();
  server = `db-${randomUUID()}:5432`;
});
afterEach(async () => {
  for (const { budget, redis: own, proxy } of open.splice(0)) {
    budget.close();
    await closeRedis(own);
    proxy.close();
  }
  await flush(redis, prefix);
});

/** A process that shares the budget. */
async function start(options = {}): Promise<(typeof open)[number]> {
  const proxy = await RedisProxy.to(REDIS_URL);
  const own = await readyRedis('budget', proxy.url);
  const budget = new RedisConnectionBudget({ redis: own, max: MAX, leaseMs: 600, heartbeatMs: 100, prefix, ...options });
  budget.start();
  const started = { budget, redis: own, proxy };
  open.push(started);
  return started;
}

async function reserveAll(budget: RedisConnectionBudget, count: number): Promise<ReleaseSlot[]> {
  const asked = await Promise.allSettled(Array.from({ length: count }, () => budget.reserve(server)));
  for (const each of asked) if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(ServerBudgetExhaustedError);
  return asked.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

const taken = (): Promise<number> => redis.zcard(`${prefix}places:{${server}}`);

describe('the budget of a server', () => {
  it('is never exceeded by three processes that ask 200 times at once and give back in between', async () => {
    const processes = await Promise.all([start(), start(), start()]);
    let held = 0;
    let most = 0;
    const useOnce = async ({ budget }: (typeof open)[number]): Promise<boolean> => {
      const release = await budget.reserve(server).catch(() => null);
      if (!release) return false;
      most = Math.max(most, (held += 1));
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
      held -= 1;
      release();
      return true;
    };
    let granted = 0;
    for (let round = 0; round < 5; round += 1) {
      const used = await Promise.all(Array.from({ length: 200 }, (_, index) => useOnce(processes[index % 3]!)));
      granted += used.filter(Boolean).length;
      await until(async () => (await taken()) === 0);
    }
    expect(most).toBe(MAX);
    expect(granted).toBeGreaterThanOrEqual(5 * MAX);
  });

  it('is of each server apart', async () => {
    const { budget } = await start();
    expect(await reserveAll(budget, MAX)).toHaveLength(MAX);
    await expect(budget.reserve(server)).rejects.toThrow(ServerBudgetExhaustedError);
    (await budget.reserve('another:5432'))();
  });

  it('counts a place given back twice once', async () => {
    const { budget } = await start();
    const [first] = await reserveAll(budget, MAX);
    first!();
    first!();
    expect(await reserveAll(budget, 3)).toHaveLength(1);
  });

  it('keeps the places of a process that lives and gives back those of one that died', async () => {
    const [alive, dead] = [await start(), await start()];
    expect(await reserveAll(alive.budget, 3)).toHaveLength(3);
    expect(await reserveAll(dead.budget, MAX)).toHaveLength(MAX - 3);
    dead.proxy.cut();
    expect(await reserveAll(alive.budget, 1)).toHaveLength(0);
    const got: ReleaseSlot[] = [];
    await until(async () => (got.push(...(await reserveAll(alive.budget, 1))), got.length === MAX - 3), 2_000);
    expect(await reserveAll(alive.budget, 1)).toHaveLength(0);
  });

  it('gives places back at once when a process ends well', async () => {
    const [one, other] = [await start({ leaseMs: 60_000 }), await start()];
    await reserveAll(one.budget, MAX);
    one.budget.close();
    await closeRedis(one.redis);
    await until(async () => (await taken()) === 0);
    expect(await reserveAll(other.budget, MAX)).toHaveLength(MAX);
  });

  it('is known again within a heartbeat after Redis forgot everything', async () => {
    const [one, other] = [await start(), await start()];
    await reserveAll(one.budget, 6);
    await reserveAll(other.budget, 4);
    await flush(redis, prefix);
    await until(async () => (await taken()) === MAX);
    expect(await reserveAll(other.budget, 1)).toHaveLength(0);
  });

  it.each(['cut', 'block'] as const)('is a floor of each process while Redis is away (%s), and whole again after', async (how) => {
    const { budget, proxy } = await start();
    const before = await reserveAll(budget, 2);
    expect(budget.health.status).toBe('up');
    proxy[how]();
    const during = await reserveAll(budget, 20);
    expect(during).toHaveLength(2);
    expect(budget.health.status).toBe('degraded');
    expect(budget.stats()).toEqual({ [server]: 4 });
    during[0]!();
    expect(await reserveAll(budget, 20)).toHaveLength(1);
    proxy.mend();
    await until(() => budget.health.status === 'up', 5_000);
    await until(async () => (await taken()) === 4);
    const after = await reserveAll(budget, 20);
    expect(after).toHaveLength(MAX - 4);
    for (const release of [...before, ...during, ...after]) release();
    await until(async () => (await taken()) === 1);
  });

  it('opens nothing more while Redis is away when the floor is passed already', async () => {
    const { budget, proxy } = await start();
    await reserveAll(budget, 6);
    proxy.cut();
    expect(await reserveAll(budget, 5)).toHaveLength(0);
  });
});
