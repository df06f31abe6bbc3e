import type { RedisOptions } from 'bullmq';

const RECONNECT_AT_MOST_EVERY_MS = 1_000;

/** Where the queues lie; the names of their keys begin with `prefix`. */
export interface BullMqPlace {
  readonly url: string;
  readonly prefix: string;
}

const retryStrategy = (times: number): number => Math.min(50 * 2 ** Math.min(times, 6), RECONNECT_AT_MOST_EVERY_MS);

/** For who hands over: a command that cannot be sent now is refused. */
export function sendingTo(url: string): RedisOptions {
  return { url, enableOfflineQueue: false, maxRetriesPerRequest: 0, connectTimeout: 2_000, keepAlive: 10_000, retryStrategy };
}

/** For who waits for work: it waits as long as it takes, and finds a connection again by itself. */
export function waitingAt(url: string): RedisOptions {
  return { url, maxRetriesPerRequest: null, connectTimeout: 2_000, keepAlive: 10_000, retryStrategy };
}

/** A Redis that is away does not answer a farewell, and nothing depends on it. */
export async function closeWithin(closing: Promise<unknown>, milliseconds = 1_000): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), milliseconds);
  await Promise.race([promise, closing.catch(() => undefined)]);
  clearTimeout(timer);
}
