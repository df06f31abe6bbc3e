import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits; shown once and never kept. */
export function mintRefreshToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is kept of it. With 256 random bits there is nothing to guess, so no slow hash is needed. */
export function hashRefreshToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
