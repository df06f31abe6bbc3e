import type { ForReason, LifecycleBook, TenantStanding } from '#catalog/lifecycle/lifecycle-book.js';
import type { SuspensionCause } from '#catalog/lifecycle/suspensions.js';
import { FencedStatus, type FenceWriter } from '#control/provisioning/fenced-status.js';
import { TenantNotFencedError } from '#control/provisioning/provisioning.errors.js';
import type { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import type { Doorbell } from '#kernel/outbox/doorbell.js';
import { TenantUnknownError } from '#kernel/tenancy/tenant.errors.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { AccessChanges } from '#workspace/access/access-changes.js';

/** Whoever asks waits this long for a fence that is out of reach, in milliseconds; the work that follows it does not give up. */
const AGAIN_AFTER_MS = [100, 400];

/** What a tenant is after a change. */
export interface LifecycleChange extends TenantStanding {
  /** False when its database could not be told yet: every process knows by now, and the database is told as soon as it can be. */
  readonly isSealed: boolean;
}

export interface TenantLifecycleParts {
  readonly book: LifecycleBook;
  readonly registry: TenantRegistry;
  readonly fences: FenceWriter;
  readonly announce: (tenantId: string) => Promise<void>;
  readonly access: AccessChanges;
  readonly doorbell: Doorbell;
}

/**
 * Suspends, reinstates, cancels and reactivates tenants, within a second everywhere. The catalog first, so that whoever the fence turns away
 * finds there why; then the fence; then everybody is told once more, so that what was begun before the fence is cut off. Each method may be
 * repeated; one that is killed half way is gone on with by the platform's own work. Raises what LifecycleBook raises.
 */
export class TenantLifecycle {
  readonly #statuses: FencedStatus;

  constructor(private readonly parts: TenantLifecycleParts) {
    const { registry, fences } = parts;
    this.#statuses = new FencedStatus(registry, fences);
  }

  /** For one cause more; those of others stay. What is open is cut off, and keys and sessions open nothing. */
  async suspend(id: string, why: ForReason & { readonly cause: SuspensionCause }): Promise<LifecycleChange> {
    return this.#follow(await this.parts.book.suspend(id, why));
  }

  /** For one cause less; active again when it was the last. Keys open again what they did, sessions do not, and jobs go on. */
  async reinstate(id: string, why: ForReason & { readonly cause: SuspensionCause }): Promise<LifecycleChange> {
    return this.#follow(await this.parts.book.reinstate(id, why));
  }

  /** For good, unless it is reactivated before its data is erased. */
  async cancel(id: string, why: ForReason): Promise<LifecycleChange> {
    return this.#follow(await this.parts.book.cancel(id, why));
  }

  /** Raises ErasureBegunError. */
  async reactivate(id: string, why: ForReason): Promise<LifecycleChange> {
    return this.#follow(await this.parts.book.reactivate(id, why));
  }

  /** Nothing of the tenant is erased until it is released. Raises ErasureBegunError. */
  async hold(id: string, why: ForReason): Promise<TenantStanding> {
    await this.parts.book.hold(id, why);
    return this.parts.book.standing(id);
  }

  async release(id: string, why: ForReason): Promise<TenantStanding> {
    await this.parts.book.release(id, why);
    return this.parts.book.standing(id);
  }

  standing(id: string): Promise<TenantStanding> {
    return this.parts.book.standing(id);
  }

  /** Has a tenant cancelled after what is under way, once for each name. */
  askToCancel(id: string, once: string): Promise<void> {
    return this.parts.book.askToCancel(id, once);
  }

  /** Makes the fence and every process follow what the catalog says by now; nothing is done for a tenant that is gone. Raises TenantNotFencedError. */
  async seal(id: string): Promise<void> {
    try {
      await this.#seal(await this.parts.registry.get(id));
    } catch (error) {
      if (!(error instanceof TenantUnknownError)) throw error;
    }
  }

  async #follow(changed: Tenant): Promise<LifecycleChange> {
    let isSealed = true;
    try {
      await this.#seal(changed);
    } catch (error) {
      if (!(error instanceof TenantNotFencedError)) throw error;
      isSealed = false;
    }
    return { ...(await this.parts.book.standing(changed.id)), isSealed };
  }

  async #seal(tenant: Tenant): Promise<void> {
    const { announce, access, doorbell } = this.parts;
    await TenantScope.leave(async () => {
      await this.#statuses.fenced(tenant, AGAIN_AFTER_MS);
      await announce(tenant.id);
      await access.changed(tenant.id);
      if (tenant.status === 'active') doorbell.ring(tenant.id);
    });
  }
}
