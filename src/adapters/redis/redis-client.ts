import { Redis } from 'ioredis';
import type { RedisLog } from './redis-log.js';

const RECONNECT_AT_MOST_EVERY_MS = 1_000;
const NOTHING_HEARD_FOR_MS = 3_000;

/** What a connection is for, as the log and `CLIENT LIST` name it, and how long one command may take. */
export interface RedisClientOptions {
  readonly name: string;
  readonly log: RedisLog;
  readonly commandTimeoutMs?: number;
}

/**
 * A connection that fails fast instead of queueing, reconnects for ever and resends nothing. Losing it is logged once, never with its
 * address or password: close it with `closeRedis`.
 */
export function openRedis(url: string, { name, log, commandTimeoutMs = 1_000 }: RedisClientOptions): Redis {
  const client = new Redis(url, {
    connectionName: `tenantry-${name}`,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // Each process subscribes by itself, so that it knows when it hears again.
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    commandTimeout: commandTimeoutMs,
    connectTimeout: 2_000,
    disconnectTimeout: 500,
    // A peer that vanished without a word is noticed by the answer that does not come.
    socketTimeout: NOTHING_HEARD_FOR_MS,
    keepAlive: 10_000,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), RECONNECT_AT_MOST_EVERY_MS) * (0.5 + Math.random() / 2),
    reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 1 : false),
  });
  let isLost = false;
  client.on('error', (error: NodeJS.ErrnoException) => {
    if (!isLost) log.warn({ redis: name, reason: error.code ?? error.name }, 'Redis is out of reach');
    isLost = true;
  });
  client.on('ready', () => {
    if (isLost) log.info({ redis: name }, 'Redis is back');
    isLost = false;
  });
  return client;
}

/** Whether the connection can be used within this time; it goes on trying either way. */
export async function isRedisReady(client: Redis, withinMs: number): Promise<boolean> {
  if (client.status === 'ready') return true;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const ready = (): void => resolve(true);
  const timer = setTimeout(resolve, withinMs, false);
  client.once('ready', ready);
  return promise.finally(() => {
    clearTimeout(timer);
    client.off('ready', ready);
  });
}

/** Sends what was written, lets go of the connection and waits until it is gone; commands without an answer are refused. */
export async function closeRedis(client: Redis): Promise<void> {
  // One that is between two attempts just stops trying, and says nothing about it.
  if (client.status !== 'ready') {
    client.disconnect();
    return;
  }
  const { promise, resolve } = Promise.withResolvers<undefined>();
  client.once('end', resolve);
  client.disconnect();
  await promise;
}
