import type { ErasureBook } from '#catalog/lifecycle/erasure-book.js';
import { ErasureNotConfirmedError } from '#catalog/lifecycle/erasure.errors.js';
import type { ErasureCertificate, Tombstones } from '#catalog/lifecycle/tombstones.js';
import type { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import type { WorkBook } from '#catalog/work/work-book.js';
import type { WorkReport } from '#catalog/work/work-report.js';
import { ERASE_TENANT, type EraseInput } from '#control/lifecycle/erasure/erase-tenant.work.js';
import type { Clock } from '#kernel/work/clock.js';

/** What somebody asks for; `confirm` is the tenant's name once more, for an erasure before its time. */
export interface ErasureWish {
  readonly requestedBy: string;
  readonly reason: string;
  readonly now: boolean;
  readonly confirm?: string | undefined;
}

/** How far an erasure has come: the last work that was asked for, and the proof when it is done. */
export interface ErasureProgress {
  readonly work: WorkReport | null;
  readonly certificate: ErasureCertificate | null;
}

interface DeskParts {
  readonly tenants: Pick<TenantRegistry, 'get'>;
  readonly book: ErasureBook;
  readonly tombstones: Tombstones;
  readonly works: WorkBook;
  readonly clock: Clock;
}

/** Where erasures are asked for; they are done by the platform's own work, wherever that runs. */
export class ErasureDesk {
  constructor(private readonly parts: DeskParts) {}

  /**
   * Gives the id of the work. What is refused later is refused now already: raises TenantUnknownError, ErasureNotConfirmedError,
   * TenantNotCancelledError, LegalHoldError and RetentionNotOverError.
   */
  async ask(idOrSlug: string, { now, confirm, ...order }: ErasureWish): Promise<string> {
    const { tenants, book, works, clock } = this.parts;
    const { id, slug } = await tenants.get(idOrSlug);
    if (now && confirm !== slug) throw new ErasureNotConfirmedError(id);
    const cancelledAt = await book.requireErasable(id, clock.now(), { early: now });
    // Whoever confirms means this cancellation and no later one.
    const input: EraseInput = { ...order, earlyFor: now ? cancelledAt.toISOString() : null };
    return works.ask({ kind: ERASE_TENANT, input, tenantId: id, key: id });
  }

  /** By the id, also of one that is gone. */
  async progress(tenantId: string): Promise<ErasureProgress> {
    const [work] = await this.parts.works.ofTenant(tenantId, ERASE_TENANT.name);
    return { work: work ?? null, certificate: await this.parts.tombstones.find(tenantId) };
  }
}
