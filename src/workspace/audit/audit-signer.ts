import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SigningKeys } from '#kernel/signing/signing-keys.js';

const PURPOSE = 'audit';
/** What stands before the 32 bytes of an Ed25519 private key in PKCS #8 (RFC 8410, section 7). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Signs for what is on record (Ed25519), so that whoever has the public key can check it without us. */
@Injectable()
export class AuditSigner {
  /** The one in use first; the others are being rotated out. */
  readonly #keys: readonly { readonly secret: KeyObject; readonly open: KeyObject }[];

  constructor(keys: SigningKeys) {
    this.#keys = keys.of(PURPOSE).map((seed) => {
      const secret = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
      return { secret, open: createPublicKey(secret) };
    });
  }

  /** Of the key in use: SPKI as base64. */
  get publicKey(): string {
    return publicText((this.#keys[0] as { open: KeyObject }).open);
  }

  /** Of all of them, the one in use first. */
  get publicKeys(): readonly string[] {
    return this.#keys.map(({ open }) => publicText(open));
  }

  /** 64 bytes. */
  sign(facts: SignedFacts): Buffer {
    return sign(null, textOf(facts), (this.#keys[0] as { secret: KeyObject }).secret);
  }
}

/** What is signed: the kind of statement first, so that one is never taken for another. */
export type SignedFacts = readonly [
  kind: 'anchor' | 'export' | 'retention-cut' | 'erasure' | 'tenant-export',
  ...facts: (string | number | null)[],
];

/** For whoever has only the public key, as `AuditSigner.publicKey` gives it. False too for what is not a key. */
export function isSignedBy(publicKey: string, facts: SignedFacts, signature: Uint8Array): boolean {
  try {
    return verify(null, textOf(facts), createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' }), signature);
  } catch {
    return false;
  }
}

function textOf(facts: SignedFacts): Buffer {
  return Buffer.from(JSON.stringify(['tenantry.audit.v1', ...facts]));
}

function publicText(key: KeyObject): string {
  return key.export({ format: 'der', type: 'spki' }).toString('base64');
}
