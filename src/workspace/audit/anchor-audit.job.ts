import { Inject, Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { JobDeclaration, JobHandler } from '#kernel/jobs/job-handler.js';
import { AUDIT_ANCHORS, anchorAt, type AuditAnchors } from '#workspace/audit/audit-anchors.js';
import { AuditSigner } from '#workspace/audit/audit-signer.js';
import { TenantAuditChain } from '#workspace/audit/tenant-audit-chain.js';

/** Signs for where the tenant's record stands. A place that was signed for is not signed for again. */
@Injectable()
export class AnchorAuditJob implements JobHandler {
  static readonly job: JobDeclaration = { name: 'audit.anchor', order: 'none', permission: 'platform' };

  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly signer: AuditSigner,
    @Inject(AUDIT_ANCHORS) private readonly anchors: AuditAnchors,
  ) {}

  async handle(): Promise<void> {
    const chain = new TenantAuditChain(this.contexts);
    const head = await chain.head();
    if (head) await this.anchors.put(anchorAt(this.signer, chain.chain, head, new Date()));
  }
}
