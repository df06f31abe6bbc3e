import { hash } from 'node:crypto';
import { fingerprintOf } from '#kernel/idempotency/fingerprint.js';

/** A name for a request, and what it was, so that its repetition is answered like the first and makes nothing. */
export interface Once {
  readonly name: string;
  readonly fingerprint: string;
}

/** What a request with that key is known by at a door of its own. The key is kept as its hash: it is the caller's own, and may say something. */
export function onceOf(door: string, key: string, request: object): Once {
  return { name: `${door}:${hash('sha256', key)}`, fingerprint: fingerprintOf('POST', door, request) };
}
