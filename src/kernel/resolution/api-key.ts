import { createHash, randomBytes } from 'node:crypto';

const API_KEY = /^tnk_[A-Za-z0-9_-]{43}$/;

/** A new machine credential: 256 random bits with a prefix that secret scanners can find. It is shown once and never kept. */
export function mintApiKey(): string {
  return `tnk_${randomBytes(32).toString('base64url')}`;
}

/** Whether a credential is written like one of our keys. */
export function looksLikeApiKey(text: string): boolean {
  return API_KEY.test(text);
}

/** What is kept of a key. With 256 random bits there is nothing to guess, so no slow hash is needed. */
export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
