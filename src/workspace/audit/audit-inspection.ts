import { Inject, Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { AUDIT_ANCHORS, type AuditAnchors } from '#workspace/audit/audit-anchors.js';
import { AuditSigner } from '#workspace/audit/audit-signer.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import { AuditVerifier } from '#workspace/audit/audit-verifier.js';
import type { AuditVerdictView } from '#workspace/audit/audit.schemas.js';
import { TenantAuditChain } from '#workspace/audit/tenant-audit-chain.js';

/** Holds the record of the tenant in scope against itself, against its head and against what the platform signed. */
@Injectable()
export class AuditInspection {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly trail: AuditTrail,
    private readonly signer: AuditSigner,
    @Inject(AUDIT_ANCHORS) private readonly anchors: AuditAnchors,
  ) {}

  /** That somebody looked, and what was found, is on record afterwards. */
  async verify(): Promise<AuditVerdictView> {
    const { signer, anchors } = this;
    const { valid, checked, problems, anchoredUpTo } = await AuditVerifier.verify(new TenantAuditChain(this.contexts), { signer, anchors });
    await this.trail.recordAlone({
      action: 'audit.verify',
      targets: [],
      outcome: valid ? 'success' : 'failure',
      details: { checked, problems: problems.length },
    });
    return { valid, checked, problems: [...problems], anchoredUpTo, publicKey: signer.publicKey };
  }
}
