import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { MasterKey } from '#kernel/isolation/capability-keys.js';

/**
 * Keys of one purpose each, derived (HKDF-SHA-256) from the platform's signing keys, so that what is signed for one purpose is worth nothing
 * for another. The first master key signs; what the others signed is still accepted while they are being rotated out.
 */
export class SigningKeys {
  readonly #derived = new Map<string, readonly Buffer[]>();

  constructor(private readonly masters: readonly MasterKey[]) {
    if (masters.length === 0) throw new TypeError('there is at least one signing key');
  }

  /** The 256-bit keys of a purpose, the one in use first. */
  of(purpose: string): readonly Buffer[] {
    let keys = this.#derived.get(purpose);
    if (!keys) {
      keys = this.masters.map(({ key }) => Buffer.from(hkdfSync('sha256', key, '', `tenantry.${purpose}`, 32)));
      this.#derived.set(purpose, keys);
    }
    return keys;
  }

  /** The first `length` bytes of the HMAC-SHA-256 of `text` under the key in use. */
  sign(purpose: string, text: string, length = 32): Buffer {
    return mac(this.of(purpose)[0] as Buffer, text, length);
  }

  /** Whether `signature` was made by `sign` with any of the keys; takes the same time wherever it differs. */
  isSigned(purpose: string, text: string, signature: Buffer, length = 32): boolean {
    return this.of(purpose).some((key) => signature.length === length && timingSafeEqual(mac(key, text, length), signature));
  }
}

function mac(key: Buffer, text: string, length: number): Buffer {
  return createHmac('sha256', key).update(text).digest().subarray(0, length);
}
