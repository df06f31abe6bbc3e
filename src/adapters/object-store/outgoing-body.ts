import { Readable } from 'node:stream';
import { ObjectStoreUnavailableError } from '#workspace/objects/objects.errors.js';
import type { StoreTimer } from './store-timer.js';

/** A stored body on its way out: fails as the port says, and ends the store's own stream with itself, also when nobody ever read it. */
export function outgoingBody(stored: Readable, key: string, timer?: StoreTimer): Readable {
  const body = Readable.from(reported(stored, key, timer), { objectMode: false });
  body.once('close', () => stored.destroy());
  return body;
}

async function* reported(stored: Readable, key: string, timer?: StoreTimer): AsyncGenerator<Buffer, void> {
  try {
    for await (const chunk of timer?.whileAwaiting(stored) ?? stored) yield chunk as Buffer;
  } catch (error) {
    throw new ObjectStoreUnavailableError(key, error);
  }
}
