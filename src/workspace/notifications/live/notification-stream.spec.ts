import { setImmediate as turn } from 'node:timers/promises';
import { randomUUIDv7 } from 'node:crypto';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { NotificationView } from '../notification.schemas.js';
import { NotificationStream } from './notification-stream.js';
import { STREAM_LIMITS } from './stream-limits.js';

const TENANT = { id: 'acme', status: 'active' } as Tenant;

/** An inbox that grows, and a stream over it. */
function stage(limits: Partial<typeof STREAM_LIMITS> = {}, standing: () => Promise<Tenant | null> = () => Promise.resolve(TENANT)) {
  const inbox: NotificationView[] = [];
  const stream = new NotificationStream({
    limits: { ...STREAM_LIMITS, ...limits },
    after: async (at, limit) => {
      await turn();
      return inbox.filter(({ createdAt }) => createdAt > at.toISOString()).slice(0, limit);
    },
    standing,
  });
  let text = '';
  const take = (): void => void stream.outlet.stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const add = (count: number, body = ''): void => {
    for (let n = 0; n < count; n += 1) {
      const createdAt = new Date(inbox.length + 1).toISOString();
      const same = { category: 'comments', key: 'k', body, link: null, severity: 'info', readAt: null } as const;
      inbox.push({ ...same, id: randomUUIDv7(), title: String(inbox.length), createdAt });
    }
  };
  const shown = (): string[] => [...text.matchAll(/^id: (.*)$/gm)].map(([, id = '']) => id);
  return { inbox, stream, take, add, shown, ids: () => inbox.map(({ id }) => id) };
}

async function quiet(isTrue: () => boolean): Promise<void> {
  for (let turns = 0; turns < 10_000 && !isTrue(); turns += 1) await turn();
}

describe('a stream of notifications', () => {
  it('shows everything once and in order, however often and whenever it is poked', async () => {
    const { stream, add, take, shown, ids, inbox } = stage({ batch: 7 });
    take();
    add(20);
    stream.poke();
    stream.begin(new Date(inbox[4]?.createdAt ?? 0));
    for (let n = 0; n < 200; n += 1) {
      add(n % 3);
      stream.poke();
      if (n % 5 === 0) await turn();
    }
    await quiet(() => shown().length >= ids().length - 5);
    expect(shown()).toEqual(ids().slice(5));
  });

  it('keeps only so much for a reader that takes nothing, and cuts it', async () => {
    const { stream, add } = stage({ waitingBytes: 10_000, stalledMs: 50 });
    add(500, 'x'.repeat(1_000));
    let most = 0;
    stream.begin(new Date(0));
    const { promise: closed, resolve } = Promise.withResolvers<undefined>();
    stream.outlet.stream.once('close', () => resolve(undefined));
    const watch = setInterval(() => (most = Math.max(most, stream.outlet.waiting)), 1);
    await closed;
    clearInterval(watch);
    expect(most).toBeGreaterThan(9_000);
    expect(most).toBeLessThan(12_000);
  });

  it('goes on with a reader that was slow for a while', async () => {
    const { stream, add, take, shown, ids } = stage({ waitingBytes: 5_000, stalledMs: 10_000 });
    add(100, 'x'.repeat(500));
    stream.begin(new Date(0));
    await quiet(() => stream.outlet.waiting >= 5_000);
    expect(stream.outlet.waiting).toBeLessThan(6_500);
    take();
    await quiet(() => shown().length === 100);
    expect(shown()).toEqual(ids());
  });

  it('ends when its reader may not go on', async () => {
    const { stream, take } = stage({}, () => Promise.resolve(null));
    take();
    stream.begin(new Date(0));
    await stream.check();
    expect(stream.outlet.isOpen).toBe(false);
  });

  it('stays open and silent while nobody can say whether its reader may go on', async () => {
    let isKnown = false;
    const { stream, add, take, shown } = stage({}, () => (isKnown ? Promise.resolve(TENANT) : Promise.reject(new Error('away'))));
    take();
    stream.begin(new Date(0));
    await stream.check();
    add(1);
    stream.poke();
    await quiet(() => shown().length > 0);
    expect([stream.outlet.isOpen, shown().length]).toEqual([true, 0]);
    isKnown = true;
    await stream.check();
    await quiet(() => shown().length > 0);
    expect(shown()).toHaveLength(1);
  });

  it('shows what it could not read when it can be read again', async () => {
    const { stream, add, take, shown, ids } = stage();
    const { after } = stream['parts'];
    let isAway = true;
    Object.assign(stream['parts'], { after: (at: Date, limit: number) => (isAway ? Promise.reject(new Error('away')) : after(at, limit)) });
    take();
    add(3);
    stream.begin(new Date(0));
    await quiet(() => shown().length > 0);
    expect(shown()).toEqual([]);
    isAway = false;
    await stream.check();
    await quiet(() => shown().length === 3);
    expect(shown()).toEqual(ids());
  });
});
