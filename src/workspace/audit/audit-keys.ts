import { type AuditSigner, isSignedBy, type SignedFacts } from '#workspace/audit/audit-signer.js';

/** Knows every public key the platform ever signed with, also those whose secret is gone. SPKI as base64. */
export interface AuditKeys {
  all(): Promise<string[]>;
}

export const AUDIT_KEYS = Symbol('AuditKeys');

/** Tells what the platform signed, now or before its keys were rotated. */
export class AuditSignatures {
  private constructor(readonly publicKeys: readonly string[]) {}

  /** Of the signer's keys and those kept; the keys in use count before `up` has kept them. */
  static async of(signer: AuditSigner, keys: AuditKeys): Promise<AuditSignatures> {
    return new AuditSignatures([...new Set([...signer.publicKeys, ...(await keys.all())])]);
  }

  isSigned(facts: SignedFacts, signature: Uint8Array): boolean {
    return this.publicKeys.some((key) => isSignedBy(key, facts, signature));
  }
}
