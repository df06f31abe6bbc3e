import type { AuditSigner, SignedFacts } from '#workspace/audit/audit-signer.js';

/** Where a tenant's chain stood, signed: what was cut off behind it, or written anew before it, no longer fits. */
export interface AuditAnchor {
  readonly tenantId: string;
  readonly seq: number;
  /** Hex. */
  readonly hash: string;
  readonly takenAt: Date;
  readonly signature: Uint8Array;
}

/** Keeps anchors out of the reach of whoever can change the chain itself. */
export interface AuditAnchors {
  /** An anchor for the same place is kept as it is. */
  put(anchor: AuditAnchor): Promise<void>;
  /** The newest first, at most `limit`. */
  newest(tenantId: string, limit: number): Promise<AuditAnchor[]>;
  /** Those with `after < seq <= upTo`. */
  between(tenantId: string, after: number, upTo: number): Promise<AuditAnchor[]>;
}

export const AUDIT_ANCHORS = Symbol('AuditAnchors');

/** An anchor as its signature says it. */
export function anchorFacts({ tenantId, seq, hash, takenAt }: Omit<AuditAnchor, 'signature'>): SignedFacts {
  return ['anchor', tenantId, seq, hash, takenAt.toISOString()];
}

/** An anchor for where a chain stands now. */
export function anchorAt(signer: AuditSigner, tenantId: string, { seq, hash }: { seq: number; hash: string }, takenAt: Date): AuditAnchor {
  const place = { tenantId, seq, hash, takenAt };
  return { ...place, signature: signer.sign(anchorFacts(place)) };
}
