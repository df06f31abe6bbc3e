import { jest } from '@jest/globals';
import { randomUUIDv7 } from 'node:crypto';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { Clock } from '#kernel/work/clock.js';
import type { Access } from '#workspace/access/access.js';
import type { SignedInMember } from '#workspace/members/signed-in-member.js';
import type { InboxReader } from './inbox-reader.js';
import type { LiveChannel } from './live-channel.js';
import { NotificationStreams } from './notification-streams.js';
import { STREAM_LIMITS } from './stream-limits.js';
import type { TenantWatch } from './tenant-watch.js';

const ACME = { id: randomUUIDv7(), status: 'active' } as Tenant;
const { checkEveryMs, lookEvery, perMember } = STREAM_LIMITS;
const STEP_MS = 250;
/** Of one tenant, and far below what it may have waiting for a connection. */
const AT_ONCE = 30;

/** Streams over inboxes in which nothing is, and which say who looked. */
function stage({ isUp = true } = {}) {
  const looks: string[] = [];
  const inbox = {
    newest: () => Promise.resolve(new Date(0)),
    after: (memberId: string) => {
      looks.push(memberId);
      return Promise.resolve([]);
    },
  } as unknown as InboxReader;
  const live = { isUp, follow: () => Promise.resolve(() => undefined) } as unknown as LiveChannel;
  const watch = { listen: () => undefined, tenant: () => Promise.resolve(ACME) } as unknown as TenantWatch;
  const access = { decide: () => Promise.resolve({ allow: true }) } as unknown as Access;
  const streams = new NotificationStreams(inbox, live, watch, access, new Clock());
  const begin = (id: string) =>
    TenantScope.run(ACME, () => streams.begin({ id, tenantId: ACME.id, sessionId: 'session' } as SignedInMember, undefined));
  return { streams, looks, begin };
}

describe('many streams of one tenant in a process', () => {
  beforeEach(() => void jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] }));
  afterEach(() => void jest.useRealTimers());

  it.each([
    [{ isUp: true }, checkEveryMs * lookEvery],
    [{ isUp: false }, checkEveryMs],
  ])('are all looked into in their time, a few at once (%j)', async (given, everyMs) => {
    const { streams, looks, begin } = stage(given);
    const members = Array.from({ length: 1_200 }, () => randomUUIDv7());
    for (const id of members) await begin(id);
    await jest.advanceTimersByTimeAsync(0);
    looks.length = 0;
    let most = 0;
    for (let passed = 0; passed < everyMs; passed += STEP_MS) {
      const before = looks.length;
      await jest.advanceTimersByTimeAsync(STEP_MS);
      most = Math.max(most, looks.length - before);
    }
    expect([looks.length, new Set(looks).size]).toEqual([members.length, members.length]);
    expect(most).toBeLessThanOrEqual(AT_ONCE);
    streams.onModuleDestroy();
  });

  it('are as many for one member as one may have, and one more when one has ended', async () => {
    const { streams, begin } = stage();
    const [ada, bob] = [randomUUIDv7(), randomUUIDv7()];
    const open = [];
    for (let n = 0; n < perMember; n += 1) open.push(await begin(ada));
    await expect(begin(ada)).rejects.toMatchObject({ code: 'notifications.too-many-streams' });
    await begin(bob);
    open[0]?.end();
    open[0]?.end();
    await begin(ada);
    await expect(begin(ada)).rejects.toMatchObject({ code: 'notifications.too-many-streams' });
    expect(streams.open).toBe(perMember + 1);
    streams.onModuleDestroy();
  });
});
