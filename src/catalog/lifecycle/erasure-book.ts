import { LockMode } from '@mikro-orm/core';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { tenantTarget } from '#catalog/audit/platform-act.js';
import { PlatformAudit } from '#catalog/audit/platform-audit.js';
import { eraseFromRuns } from '#catalog/fleet/fleet-traces.js';
import { HomeLedger, homeOf } from '#catalog/fleet/home-ledger.js';
import { eraseFromCatalog, eraseNotices, notedFor, scrubWorks, searchCatalog } from '#catalog/lifecycle/catalog-traces.js';
import { LeftoversError, LegalHoldError, RetentionNotOverError, TenantNotCancelledError } from '#catalog/lifecycle/erasure.errors.js';
import { LegalHolds } from '#catalog/lifecycle/legal-holds.js';
import { type ErasureCertificate, Tombstones, slugHash } from '#catalog/lifecycle/tombstones.js';
import { PlacementRecord } from '#catalog/tenants/placement.record.js';
import type { TenantChanged } from '#catalog/tenants/tenant-registry.js';
import { TenantRecord } from '#catalog/tenants/tenant.record.js';
import type { Placement } from '#kernel/tenancy/placement.js';
import { TenantUnknownError } from '#kernel/tenancy/tenant.errors.js';

/** A tenant whose erasure has begun: there is no way back, and nothing but the erasure touches it. */
export interface DoomedTenant {
  readonly id: string;
  readonly slug: string;
  readonly placement: Placement;
  readonly cancelledAt: Date;
}

/** What the last transaction knows, for the certificate. */
export interface ErasureFacts {
  readonly auditSeq: number;
  /** Rows of the catalog that went in this transaction, by table. */
  readonly catalog: readonly { readonly kind: string; readonly count: number }[];
}

interface Retention {
  readonly state: string;
  readonly cancelledAt: Date;
  readonly dueAt: Date | null;
  readonly isHeld: boolean;
}

/** The catalog's part in an erasure: whether it may begin, and its end. Each is one transaction that holds the tenant's row. */
export class ErasureBook {
  constructor(
    private readonly catalog: MikroORM,
    private readonly changed: TenantChanged,
    private readonly audit = new PlatformAudit(catalog),
  ) {}

  /** Raises what `begin` would raise now; changes nothing. Gives when the tenant was cancelled. */
  async requireErasable(id: string, now: Date, { early }: { early: boolean }): Promise<Date> {
    return this.catalog.em.fork().transactional(async (em) => {
      const { tenant } = await locked(em, id);
      const retention = await retentionOf(em, tenant);
      if (retention.state !== 'erasing') requireErasable(tenant, retention, now, early);
      return retention.cancelledAt;
    });
  }

  /**
   * Marks the tenant as being erased, unless somebody took the cancellation back in the same second: whoever holds the row first wins, and
   * the other is refused. One that is being erased already goes on. `earlyFor` (RFC 3339) begins before the retention is over, when the
   * tenant was cancelled at that instant and not again since; a legal hold it does not overrule. Raises TenantUnknownError, TenantNotCancelledError, LegalHoldError or RetentionNotOverError.
   */
  async begin(id: string, now: Date, earlyFor: string | null): Promise<DoomedTenant> {
    return this.catalog.em.fork().transactional(async (em) => {
      const { tenant, placement } = await locked(em, id);
      const retention = await retentionOf(em, tenant);
      if (retention.state !== 'erasing') {
        const early = earlyFor === retention.cancelledAt.toISOString();
        requireErasable(tenant, retention, now, early);
        await em.execute(
          `insert into tenant_retention (tenant_id, cancelled_at, due_at, state) values (?, ?, ?, 'erasing')
           on conflict (tenant_id) do update set state = 'erasing'`,
          [id, retention.cancelledAt.toISOString(), (retention.dueAt ?? retention.cancelledAt).toISOString()],
        );
        await this.audit.record(em, { action: 'tenant.begin-erasure', targets: [tenantTarget(id)], details: { early } });
      }
      const { kind, region, cluster, database, schema, secret, epoch } = placement;
      return {
        ...{ id, slug: tenant.slug, cancelledAt: retention.cancelledAt },
        placement: { kind, region, cluster, database, schema, secret: secret ?? null, epoch },
      };
    });
  }

  /** The roles of databases, or the secrets, that the catalog knows to be made for a tenant alone. */
  noted(tenantId: string, column: 'role_name' | 'secret'): Promise<string[]> {
    return notedFor(this.catalog.em.fork(), tenantId, column);
  }

  /**
   * Takes the tenant out of the catalog, looks whether anything of it is left there, and puts the tombstone and the certificate that
   * `certify` makes in its place: all of it or nothing. One that has a certificate keeps it. Raises LeftoversError.
   */
  async finish({ id, slug }: DoomedTenant, certify: (facts: ErasureFacts) => ErasureCertificate): Promise<ErasureCertificate> {
    const kept = await new Tombstones(this.catalog).find(id);
    if (kept) return kept;
    const certificate = await this.catalog.em.fork().transactional(async (em) => {
      const { placement } = await locked(em, id);
      const catalog = await searchCatalog(em, id);
      await eraseNotices(em, id);
      await eraseFromRuns(em, id);
      await new HomeLedger(this.catalog).forget(homeOf(placement), em);
      await eraseFromCatalog(em, id);
      const left = await searchCatalog(em, id);
      if (left.length > 0)
        throw new LeftoversError(
          id,
          left.map((finding) => ({ store: 'catalog', ...finding })),
        );
      await scrubWorks(em, id);
      await this.audit.record(em, { action: 'tenant.erase', targets: [tenantTarget(id)], details: { slugHash: slugHash(slug) } });
      const [head] = await em.execute<{ seq: string }[]>('select seq::text from platform_audit_head');
      const made = certify({ auditSeq: Number(head?.seq), catalog });
      await Tombstones.put(em, made, slug);
      return made;
    });
    await this.changed(id);
    return certificate;
  }
}

async function locked(em: EntityManager, id: string): Promise<{ tenant: TenantRecord; placement: PlacementRecord }> {
  const tenant = await em.findOne(TenantRecord, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  const placement = tenant && (await em.findOne(PlacementRecord, { tenantId: id }));
  if (!tenant || !placement) throw new TenantUnknownError();
  return { tenant, placement };
}

async function retentionOf(em: EntityManager, tenant: TenantRecord): Promise<Retention> {
  const [row] = await em.execute<{ state: string; cancelled_at: Date | string; due_at: Date | string }[]>(
    `select state, cancelled_at, due_at from tenant_retention where tenant_id = ? for update`,
    [tenant.id],
  );
  const isHeld = (await LegalHolds.of(em, tenant.id)) !== null;
  // Cancelled before there was a retention: nobody has said until when it is kept.
  if (!row) return { state: 'kept', cancelledAt: tenant.updatedAt, dueAt: null, isHeld };
  return { state: row.state, cancelledAt: new Date(row.cancelled_at), dueAt: new Date(row.due_at), isHeld };
}

function requireErasable({ id, status }: TenantRecord, { dueAt, isHeld }: Retention, now: Date, early: boolean): void {
  if (status !== 'cancelled') throw new TenantNotCancelledError(id, status);
  if (isHeld) throw new LegalHoldError(id);
  if (!early && (!dueAt || dueAt > now)) throw new RetentionNotOverError(id, dueAt);
}
