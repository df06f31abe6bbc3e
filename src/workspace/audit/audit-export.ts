import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { ChainPlace, KeptEvent } from '#workspace/audit/audit-chain.js';
import { exportLine } from '#workspace/audit/export-line.js';
import { manifestFacts } from '#workspace/audit/export-manifest.js';
import { AuditSigner } from '#workspace/audit/audit-signer.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import type { AuditManifest } from '#workspace/audit/audit.schemas.js';
import { TenantAuditChain } from '#workspace/audit/tenant-audit-chain.js';

const PAGE = 500;

/** Gives the whole record of the tenant in scope away as lines of JSON, one event a line, and a signed manifest as the last. */
@Injectable()
export class AuditExport {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly trail: AuditTrail,
    private readonly signer: AuditSigner,
  ) {}

  /**
   * What is on record when it is asked for; that it was asked for is on record before the first line is given. The stream reads the next
   * page when the last one was taken, so its length does not cost memory, and it may be read outside the tenant's scope.
   */
  async start(): Promise<AsyncGenerator<Buffer>> {
    const tenant = TenantScope.require('export the audit log');
    const chain = new TenantAuditChain(this.contexts);
    const head = await chain.head();
    await this.trail.recordAlone({ action: 'audit.export', targets: [], details: { lastSeq: head?.seq ?? 0 } });
    return this.#lines(tenant.id, head, (after) => TenantScope.run(tenant, () => chain.page(after, PAGE)));
  }

  async *#lines(tenantId: string, head: ChainPlace | null, page: (after: number) => Promise<KeptEvent[]>): AsyncGenerator<Buffer> {
    const digest = createHash('sha256');
    let first: KeptEvent | undefined;
    let last: KeptEvent | undefined;
    let count = 0;
    for (;;) {
      const events = (await page(last?.seq ?? 0)).filter(({ seq }) => seq <= (head?.seq ?? 0));
      if (events.length === 0) break;
      const text = Buffer.from(events.map((event) => `${exportLine(event)}\n`).join(''));
      digest.update(text);
      first ??= events[0];
      last = events.at(-1);
      count += events.length;
      yield text;
    }
    const manifest = {
      format: 'tenantry.audit-export.v1' as const,
      ...{ tenantId, count },
      first: first ? { seq: first.seq, prevHash: first.prevHash } : null,
      last: last ? { seq: last.seq, hash: last.hash } : null,
      sha256: digest.digest('hex'),
      takenAt: new Date().toISOString(),
      publicKey: this.signer.publicKey,
      verifyWith: 'tenantry audit verify-export <file>',
    };
    const signed: AuditManifest = { manifest: { ...manifest, signature: this.signer.sign(manifestFacts(manifest)).toString('base64') } };
    yield Buffer.from(`${JSON.stringify(signed)}\n`);
  }
}
