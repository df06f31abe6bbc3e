import pg from 'pg';
import { z } from 'zod';
import { atDatabase, identifier } from '#adapters/postgres/session.js';
import { auditAction } from '#kernel/plugin/audit-action.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { Ticket } from '#plugins/tickets/ticket.entity.js';
import { TestPlatform, type Tier } from '#testing/test-platform.js';
import { AnchorAuditJob } from '#workspace/audit/anchor-audit.job.js';
import { AuditRegister } from '#workspace/audit/audit-register.js';
import type { AuditEntry } from '#workspace/audit/audit-entry.js';
import { AuditSignatures } from '#workspace/audit/audit-keys.js';
import { AuditSigner } from '#workspace/audit/audit-signer.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import type { AuditVerdict } from '#workspace/audit/audit-verdict.js';
import { AuditVerifier, type VerifierParts } from '#workspace/audit/audit-verifier.js';
import { AUDIT_ACTIONS } from '#workspace/audit/audit.audit.js';
import { TenantAuditChain } from '#workspace/audit/tenant-audit-chain.js';

/** What specs put on record, with whatever details. */
export const NOTE = auditAction('specs.note', z.looseObject({}));

/** Tenants with a record, and somebody who can do to its tables what no login of the application can. */
export class AuditStage {
  readonly actions = new AuditRegister([NOTE, ...AUDIT_ACTIONS], true);
  readonly trail: AuditTrail;
  readonly signer: AuditSigner;

  private constructor(readonly test: TestPlatform) {
    this.trail = new AuditTrail(test.platform.contexts, this.actions);
    this.signer = new AuditSigner(test.platform.signing);
  }

  static async open(settings: Record<string, string> = {}): Promise<AuditStage> {
    return new AuditStage(await TestPlatform.open(settings));
  }

  /** Two tenants of one tier with nothing on record: what their making left there is taken away. */
  async pair(tier: Tier): Promise<{ acme: Tenant; globex: Tenant }> {
    const pair = await this.test.pair(tier);
    await this.forget(pair.acme, pair.globex);
    return pair;
  }

  /** Takes away all that is on record of these, the head included. */
  async forget(...tenants: Tenant[]): Promise<void> {
    for (const tenant of tenants)
      for (const table of ['audit_event', 'audit_target', 'audit_head'])
        await this.tamper(tenant, `delete from $home.${table} where tenant_id = $1`, [tenant.id]);
  }

  /** Entries of one transaction. */
  async record(tenant: Tenant, ...entries: Partial<AuditEntry>[]): Promise<void> {
    await this.test.as(tenant, () =>
      this.test.platform.contexts.transaction(async () => {
        for (const entry of entries) this.trail.record({ action: NOTE.name, targets: [], ...entry });
      }),
    );
  }

  /** A ticket and an entry about it in one transaction, which is given up when told so. */
  async openTicket(tenant: Tenant, title: string, isGivenUp = false): Promise<void> {
    await this.test.as(tenant, () =>
      this.test.platform.contexts.transaction(async ({ em }) => {
        const ticket = em.create(Ticket, { ...TICKET, title, tenantId: tenant.id });
        this.trail.record({ action: NOTE.name, targets: [{ type: 'ticket', id: ticket.id }], details: { title } });
        if (isGivenUp) {
          await em.flush();
          throw new GivenUpError();
        }
      }),
    );
  }

  async verify(
    tenant: Tenant,
    otherChains: readonly string[] = [],
    part: Pick<VerifierParts, 'from' | 'atMost'> = {},
  ): Promise<AuditVerdict> {
    const { auditAnchors: anchors, auditKeys } = this.test.platform;
    const signatures = await AuditSignatures.of(this.signer, auditKeys);
    return this.test.as(tenant, () => AuditVerifier.verify(this.chain(), { signatures, anchors, otherChains, ...part }));
  }

  anchor(tenant: Tenant, signer = this.signer): Promise<void> {
    const { contexts, auditAnchors } = this.test.platform;
    return this.test.as(tenant, () => new AnchorAuditJob(contexts, signer, auditAnchors).handle());
  }

  /** Of the tenant in scope. */
  chain(): TenantAuditChain {
    return new TenantAuditChain(this.test.platform.contexts);
  }

  /** As a superuser, past triggers and policies, in the tenant's home; `$home` stands for its name. */
  async tamper(tenant: Tenant, text: string, values: unknown[] = []): Promise<pg.QueryResult<Record<string, unknown>>> {
    return this.asSuperuser(tenant, async (session) => {
      await session.query('set session_replication_role = replica');
      return session.query(text.replaceAll('$home', identifier(tenant.placement.schema)), values);
    });
  }

  async asSuperuser<T>(tenant: Tenant, work: (session: pg.Client) => Promise<T>): Promise<T> {
    const cluster = this.test.platform.clusters.find(({ name }) => name === tenant.placement.cluster);
    const session = new pg.Client({ connectionString: atDatabase(String(cluster?.provisionUrl), tenant.placement.database) });
    await session.connect();
    try {
      return await work(session);
    } finally {
      await session.end();
    }
  }

  close(): Promise<void> {
    return this.test.close();
  }
}

/** Raised on purpose. */
export class GivenUpError extends Error {}

const TICKET = {
  description: '',
  status: 'open' as const,
  priority: 'normal' as const,
  assigneeId: null,
  labels: [],
  dueAt: null,
  version: 1,
};
