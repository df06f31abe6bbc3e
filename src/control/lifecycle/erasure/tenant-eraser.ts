import { randomUUIDv7 } from 'node:crypto';
import { KEPT_RECORDS, KEPT_TABLES } from '#catalog/lifecycle/catalog-traces.js';
import type { DoomedTenant, ErasureBook, ErasureFacts } from '#catalog/lifecycle/erasure-book.js';
import { LeftoversError } from '#catalog/lifecycle/erasure.errors.js';
import { type ErasureCertificate, type Tombstones, slugHash } from '#catalog/lifecycle/tombstones.js';
import { canonicalText, certificateFacts } from '#control/lifecycle/erasure/erasure-certificate.js';
import type { StoreFindings, TenantStore } from '#control/lifecycle/tenant-store.js';
import type { Clock } from '#kernel/work/clock.js';
import type { AuditSigner } from '#workspace/audit/audit-signer.js';

/** Who wants it and why; both are on the certificate. */
export interface ErasureOrder {
  readonly tenantId: string;
  readonly requestedBy: string;
  readonly reason: string;
  /** The instant (RFC 3339) of the cancellation whose retention need not be over; null waits for the end of it. */
  readonly earlyFor: string | null;
}

/** A store that was emptied: what was found before, and when it was last looked through with nothing left. */
export interface EmptiedStore {
  readonly name: string;
  readonly searchedAt: string;
  readonly found: StoreFindings;
  readonly left: 0;
}

interface EraserParts {
  readonly book: ErasureBook;
  readonly tombstones: Tombstones;
  /** In the order in which they are emptied. */
  readonly stores: readonly TenantStore[];
  readonly signer: AuditSigner;
  readonly clock: Clock;
}

/**
 * Takes away everything there is of a tenant, and proves it. Every step may be repeated after a crash: the mark in the catalog stands until
 * the certificate takes its place, and a store that is empty is emptied once more.
 */
export class TenantEraser {
  constructor(private readonly parts: EraserParts) {}

  /**
   * All of it, from the mark to the certificate; the certificate there is already when it was done before. Raises what `begin` of
   * ErasureBook raises, LeftoversError when something is left, and what the stores raise; whatever it raises, it may be repeated.
   */
  async erase(order: ErasureOrder): Promise<ErasureCertificate> {
    const { tombstones, stores } = this.parts;
    const kept = await tombstones.find(order.tenantId);
    if (kept) return kept;
    const doomed = await this.begin(order);
    const emptied: EmptiedStore[] = [];
    for (const { name } of stores) emptied.push(await this.empty(name, doomed));
    return this.finish(order, doomed, emptied);
  }

  /** The point of no return. */
  begin({ tenantId, earlyFor }: Pick<ErasureOrder, 'tenantId' | 'earlyFor'>): Promise<DoomedTenant> {
    return this.parts.book.begin(tenantId, this.parts.clock.now(), earlyFor);
  }

  /** Empties one store and looks through it again. Raises LeftoversError. */
  async empty(name: string, doomed: DoomedTenant): Promise<EmptiedStore> {
    const store = this.#store(name);
    const found = await store.search(doomed);
    await store.erase(doomed);
    const left = await store.search(doomed);
    if (left.length > 0)
      throw new LeftoversError(
        doomed.id,
        left.map((finding) => ({ store: name, ...finding })),
      );
    return { name, searchedAt: this.parts.clock.now().toISOString(), found, left: 0 };
  }

  /** As `finish`, and the certificate there is already when it was done before. */
  async conclude(order: ErasureOrder, known: () => [doomed: DoomedTenant, emptied: readonly EmptiedStore[]]): Promise<ErasureCertificate> {
    return (await this.parts.tombstones.find(order.tenantId)) ?? this.finish(order, ...known());
  }

  /**
   * Looks through every store once more, because one that was emptied first may have been written to since (a cache by a request that was
   * turned away), takes the tenant out of the catalog and signs. Raises LeftoversError.
   */
  async finish(order: ErasureOrder, doomed: DoomedTenant, emptied: readonly EmptiedStore[]): Promise<ErasureCertificate> {
    const stores: EmptiedStore[] = [];
    for (const { name, found } of emptied) {
      const isEmpty = (await this.#store(name).search(doomed)).length === 0;
      const searchedAt = this.parts.clock.now().toISOString();
      stores.push({ ...(isEmpty ? { name, searchedAt, left: 0 } : await this.empty(name, doomed)), found });
    }
    return this.parts.book.finish(doomed, (facts) => this.#certify(order, doomed, stores, facts));
  }

  #certify(order: ErasureOrder, doomed: DoomedTenant, stores: readonly EmptiedStore[], facts: ErasureFacts): ErasureCertificate {
    const { signer, clock } = this.parts;
    const createdAt = clock.now();
    const erasedAt = createdAt.toISOString();
    const { publicKey } = signer;
    const document = canonicalText({
      format: 'tenantry.erasure-certificate.v1',
      tenantId: doomed.id,
      slugHash: slugHash(doomed.slug),
      ...{ requestedBy: order.requestedBy, reason: order.reason },
      ...{ cancelledAt: doomed.cancelledAt.toISOString(), erasedAt },
      stores: [...stores, { name: 'catalog', searchedAt: erasedAt, found: facts.catalog, left: 0 as const }].map(({ found, ...store }) => ({
        ...store,
        found: [...found],
      })),
      kept: Object.entries({ ...KEPT_RECORDS, ...KEPT_TABLES }).map(([what, why]) => ({ what, why })),
      auditSeq: facts.auditSeq,
      publicKey,
    });
    const signature = signer.sign(certificateFacts(document)).toString('base64');
    return { id: randomUUIDv7(), tenantId: doomed.id, document, signature, publicKey, createdAt };
  }

  #store(name: string): TenantStore {
    const store = this.parts.stores.find((candidate) => candidate.name === name);
    if (!store) throw new TypeError(`there is no store ${name}`);
    return store;
  }
}
