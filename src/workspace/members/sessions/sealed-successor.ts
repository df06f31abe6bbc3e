import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { SigningKeys } from '#kernel/signing/signing-keys.js';

const PURPOSE = 'refresh-successor';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts a token for whoever shows the one before it: neither the platform's keys nor the old token alone can read it. */
export function sealSuccessor(keys: SigningKeys, predecessor: string, successor: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keys.sign(PURPOSE, predecessor), nonce);
  return Buffer.concat([nonce, cipher.update(successor), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/** Null for anything that was not sealed with this key for this predecessor. */
export function openSuccessor(keys: SigningKeys, predecessor: string, sealed: string): string | null {
  try {
    const bytes = Buffer.from(sealed, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', keys.sign(PURPOSE, predecessor), bytes.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString();
  } catch {
    return null; // sealed under a key that was rotated out meanwhile, or damaged: the caller asks again
  }
}
