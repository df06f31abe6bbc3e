import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { SigningKeys } from '#kernel/signing/signing-keys.js';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** `text` so that only the platform can read it (AES-256-GCM under the purpose's key in use), as base64url; `about` must be said again to read it. */
export function sealText(keys: SigningKeys, purpose: string, text: string, about: string): string {
  return sealWith(keys.of(purpose)[0] as Buffer, text, about);
}

/** What was sealed, or null when it was sealed for something else, is damaged, or its key is gone. */
export function unsealText(keys: SigningKeys, purpose: string, sealed: string, about: string): string | null {
  for (const key of keys.of(purpose)) {
    const text = unsealWith(key, sealed, about);
    if (text !== null) return text;
  }
  return null;
}

/** As `sealText`, under a 256-bit key of the caller's own making. */
export function sealWith(key: Buffer, text: string, about: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(about));
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/** What `sealWith` sealed with this key about this, or null. */
export function unsealWith(key: Buffer, sealed: string, about: string): string | null {
  const bytes = Buffer.from(sealed, 'base64url');
  const [nonce, rest, tag] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES, -TAG_BYTES), bytes.subarray(-TAG_BYTES)];
  try {
    const decipher = createDecipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(about)).setAuthTag(tag);
    return Buffer.concat([decipher.update(rest), decipher.final()]).toString('utf8');
  } catch {
    return null; // another key may be the right one; which part did not fit is of use to a forger only
  }
}
