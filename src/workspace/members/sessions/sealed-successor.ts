import { sealWith, unsealWith } from '#kernel/signing/sealed-text.js';
import type { SigningKeys } from '#kernel/signing/signing-keys.js';

const PURPOSE = 'refresh-successor';

/** Encrypts a token for whoever shows the one before it: neither the platform's keys nor the old token alone can read it. */
export function sealSuccessor(keys: SigningKeys, predecessor: string, successor: string): string {
  return sealWith(keys.sign(PURPOSE, predecessor), successor, PURPOSE);
}

/** Null for anything that was not sealed with the key in use for this predecessor: whoever gets it asks again. */
export function openSuccessor(keys: SigningKeys, predecessor: string, sealed: string): string | null {
  return unsealWith(keys.sign(PURPOSE, predecessor), sealed, PURPOSE);
}
