import { PlatformAuditChain } from '#catalog/audit/platform-audit-chain.js';
import { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import { AuditVerification } from '#control/audit/audit-verification.js';
import type { Platform } from '#main/platform.js';
import { AuditSignatures } from '#workspace/audit/audit-keys.js';
import { AuditSigner } from '#workspace/audit/audit-signer.js';

type VerifiedPlatform = Pick<Platform, 'catalog' | 'announce' | 'contexts' | 'signing' | 'auditAnchors' | 'auditKeys'>;

/** Wires what looks through the records of a platform; it connects to nothing before it looks. */
export function openAuditVerification({
  catalog,
  announce,
  contexts,
  signing,
  auditAnchors,
  auditKeys,
}: VerifiedPlatform): AuditVerification {
  return new AuditVerification({
    tenants: new TenantRegistry(catalog, announce),
    platformChain: new PlatformAuditChain(catalog),
    contexts,
    signatures: () => AuditSignatures.of(new AuditSigner(signing), auditKeys),
    anchors: auditAnchors,
  });
}
