import type { AuditManifest } from '#workspace/audit/audit.schemas.js';
import type { SignedFacts } from '#workspace/audit/audit-signer.js';

/** A manifest as its signature says it. */
export function manifestFacts(manifest: Omit<AuditManifest['manifest'], 'signature' | 'publicKey' | 'verifyWith' | 'format'>): SignedFacts {
  const { tenantId, count, first, last, sha256, takenAt } = manifest;
  const ends = [first?.seq ?? null, first?.prevHash ?? null, last?.seq ?? null, last?.hash ?? null];
  return ['export', tenantId, count, ...ends, sha256, takenAt];
}
