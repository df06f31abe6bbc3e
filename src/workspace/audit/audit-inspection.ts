import { Inject, Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { AUDIT_ANCHORS, type AuditAnchors } from '#workspace/audit/audit-anchors.js';
import { AUDIT_KEYS, type AuditKeys, AuditSignatures } from '#workspace/audit/audit-keys.js';
import { AuditSigner } from '#workspace/audit/audit-signer.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import { AuditVerifier } from '#workspace/audit/audit-verifier.js';
import type { AuditVerdictView, VerifyAudit } from '#workspace/audit/audit.schemas.js';
import { TenantAuditChain } from '#workspace/audit/tenant-audit-chain.js';

// A look at so many takes seconds, and a request has no more.
const AT_ONCE = 200_000;

/** Holds the record of the tenant in scope against itself, against its head and against what the platform signed. */
@Injectable()
export class AuditInspection {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly trail: AuditTrail,
    private readonly signer: AuditSigner,
    @Inject(AUDIT_ANCHORS) private readonly anchors: AuditAnchors,
    @Inject(AUDIT_KEYS) private readonly keys: AuditKeys,
  ) {}

  /** Looks at 200,000 events at most, from `from` on. That somebody looked, and what was found, is on record afterwards. */
  async verify({ from }: VerifyAudit): Promise<AuditVerdictView> {
    const { signer, anchors } = this;
    const signatures = await AuditSignatures.of(signer, this.keys);
    const parts = { signatures, anchors, from, atMost: AT_ONCE };
    const { valid, checked, problems, anchoredUpTo, nextSeq } = await AuditVerifier.verify(new TenantAuditChain(this.contexts), parts);
    await this.trail.recordAlone({
      action: 'audit.verify',
      targets: [],
      outcome: valid ? 'success' : 'failure',
      details: { checked, problems: problems.length },
    });
    return {
      valid,
      checked,
      problems: [...problems],
      anchoredUpTo,
      nextSeq,
      publicKey: signer.publicKey,
      publicKeys: [...signatures.publicKeys],
    };
  }
}
