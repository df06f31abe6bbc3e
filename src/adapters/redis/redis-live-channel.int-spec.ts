import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';
import type { LiveFact } from '#workspace/notifications/live/live-channel.js';
import { closeRedis } from './redis-client.js';
import { RedisLiveChannel } from './redis-live-channel.js';
import { RedisProxy } from './redis-proxy.fixture.js';
import { freshPrefix, readyRedis, redisUrl, silent, until } from './redis.fixture.js';

const REDIS_URL = redisUrl(process.env);
const factOf = (tenantId: string): LiveFact => ({ tenantId, memberId: randomUUID(), notificationId: randomUUID() });

describe('the live channel', () => {
  let prefix: string;
  let proxy: RedisProxy;
  let clients: Redis[];
  let here: RedisLiveChannel;
  let there: RedisLiveChannel;
  const [acme, globex] = [randomUUID(), randomUUID()];

  async function start(url: string): Promise<RedisLiveChannel> {
    const [publisher, subscriber] = [await readyRedis('commands', url), await readyRedis('subscriber', url)];
    clients.push(publisher, subscriber);
    const channel = new RedisLiveChannel({ publisher, subscriber, log: silent, prefix });
    channel.start();
    return channel;
  }

  beforeEach(async () => {
    [prefix, clients] = [freshPrefix(), []];
    proxy = await RedisProxy.to(REDIS_URL);
    [here, there] = [await start(proxy.url), await start(REDIS_URL)];
  });
  afterEach(async () => {
    for (const channel of [here, there]) channel.stop();
    await Promise.all(clients.map(closeRedis));
    proxy.close();
  });

  it('tells those who follow a tenant in another process, and nobody else', async () => {
    const [ofAcme, ofGlobex, twice]: (LiveFact | null)[][] = [[], [], []];
    await here.follow(acme, (fact) => ofAcme?.push(fact));
    await here.follow(globex, (fact) => ofGlobex?.push(fact));
    await there.follow(acme, (fact) => twice?.push(fact));
    const facts = [factOf(acme), factOf(globex), factOf(acme)];
    for (const fact of facts) there.tell(fact);
    await until(() => ofAcme?.length === 2 && ofGlobex?.length === 1 && twice?.length === 2);
    expect([ofAcme, ofGlobex]).toEqual([[facts[0], facts[2]], [facts[1]]]);
  });

  it('stops telling those who do not follow any more', async () => {
    const [gone, stays]: (LiveFact | null)[][] = [[], []];
    const unfollow = await here.follow(acme, (fact) => gone?.push(fact));
    unfollow();
    unfollow();
    await here.follow(acme, (fact) => stays?.push(fact));
    there.tell(factOf(acme));
    await until(() => stays?.length === 1);
    expect(gone).toEqual([]);
  });

  it('passes over what is no fact of the tenant whose channel it came on', async () => {
    const heard: (LiveFact | null)[] = [];
    await here.follow(acme, (fact) => heard.push(fact));
    const [publisher] = clients;
    const { memberId, notificationId } = factOf(globex);
    for (const message of [
      '',
      'x',
      `${globex} ${memberId} ${notificationId}`,
      `${acme} ${memberId}`,
      `${acme} ${memberId} ${notificationId}\n`,
    ])
      await publisher?.publish(`${prefix}live:${acme}`, message);
    const last = factOf(acme);
    there.tell(last);
    await until(() => heard.length > 0);
    expect(heard).toEqual([last]);
  });

  it('says that something may have been missed when it hears again', async () => {
    const heard: (LiveFact | null)[] = [];
    await here.follow(acme, (fact) => heard.push(fact));
    expect(here.isUp).toBe(true);
    proxy.cut();
    await until(() => !here.isUp);
    there.tell(factOf(acme));
    proxy.mend();
    await until(() => heard.includes(null), 5_000);
    const fact = factOf(acme);
    there.tell(fact);
    await until(() => heard.includes(fact) || JSON.stringify(heard.at(-1)) === JSON.stringify(fact));
    expect(here.isUp).toBe(true);
  });

  it('does not keep anybody waiting while Redis is away, and loses what it cannot tell', async () => {
    proxy.cut();
    await until(() => clients.slice(0, 2).every(({ status }) => status !== 'ready'));
    const heard: (LiveFact | null)[] = [];
    await here.follow(acme, (fact) => heard.push(fact));
    expect(here.isUp).toBe(false);
    here.tell(factOf(acme));
    await until(() => here.lost === 1);
    proxy.mend();
    await until(() => heard.includes(null), 5_000);
    expect(heard).toEqual([null]);
  });
});
