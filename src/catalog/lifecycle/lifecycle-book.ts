import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { TenantStatusRefusedError } from '#catalog/catalog.errors.js';
import { LegalHolds, type LegalHold } from '#catalog/lifecycle/legal-holds.js';
import { ErasureBegunError } from '#catalog/lifecycle/lifecycle.errors.js';
import { Retentions, type Retention } from '#catalog/lifecycle/retentions.js';
import { Suspensions, type Suspension, type SuspensionCause } from '#catalog/lifecycle/suspensions.js';
import type { DecideStatus, StatusDecision, TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import type { WorkBook, WorkPlan } from '#catalog/work/work-book.js';
import type { Tenant, TenantStatus } from '#kernel/tenancy/tenant.js';
import type { Clock } from '#kernel/work/clock.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';

const DAY_MS = 86_400_000;

/** Why something is done to a tenant, in words for the platform's record: 1 to 2,000 characters. */
export interface ForReason {
  readonly reason: string;
}

/** What is in force for a tenant beside its status. */
export interface TenantStanding {
  readonly tenant: Tenant;
  readonly suspensions: readonly Suspension[];
  readonly retention: Retention | null;
  readonly legalHold: LegalHold | null;
}

/** What follows from what is written here. */
export interface LifecyclePlans {
  /** Makes the fence follow the catalog; its input is `{tenantId}`. */
  readonly seal: WorkPlan;
  /** Cancels a tenant; its input is `{tenantId}`. */
  readonly cancel: WorkPlan;
  /** Has the subscription follow what the tenant is; its input is `{customerId}`. */
  readonly followBilling: WorkPlan;
  /** Takes back that a subscription ends; its input is `{customerId}`. */
  readonly goOnBilling: WorkPlan;
  /** Writes to a tenant's admin; its input is an AdminNotice. */
  readonly tellAdmin: WorkPlan;
}

/** What an admin is told: that the tenant was cancelled, or that its erasure is so many days away; true only as long as it is due then. */
export interface AdminNotice {
  readonly tenantId: string;
  readonly withinDays: number | null;
  readonly dueAt: string;
}

export interface LifecycleBookParts {
  readonly catalog: MikroORM;
  readonly registry: TenantRegistry;
  readonly works: WorkBook;
  readonly clock: Clock;
  readonly plans: LifecyclePlans;
  /** How many days the data of a cancelled tenant is kept. */
  readonly retentionDays: number;
}

/**
 * Suspensions, cancellations and what is kept of them: each change in one transaction of the catalog, with its record and with the work that
 * makes the fence follow, so that it follows even when whoever changed it is killed. Every method may be repeated. Raises TenantUnknownError,
 * and TenantStatusRefusedError for a tenant of a status that does not lead there.
 */
export class LifecycleBook {
  constructor(private readonly parts: LifecycleBookParts) {}

  suspend(id: string, { cause, reason }: ForReason & { readonly cause: SuspensionCause }): Promise<Tenant> {
    return this.#decide(id, async (em, now) => {
      requireOneOf(['active', 'suspended'], id, now, 'suspended');
      const isNew = await Suspensions.add(em, id, { cause, reason, since: this.parts.clock.now(), by: actor() });
      return { status: 'suspended', act: isNew ? { action: 'tenant.suspend', details: { cause, reason } } : null };
    });
  }

  /** Lifts one cause; the tenant is active again when there is no other, and one that is cancelled stays so. */
  reinstate(id: string, { cause, reason }: ForReason & { readonly cause: SuspensionCause }): Promise<Tenant> {
    return this.#decide(id, async (em, now) => {
      requireOneOf(['active', 'suspended', 'cancelled'], id, now, 'active');
      const wasThere = await Suspensions.lift(em, id, cause);
      const status = now === 'cancelled' ? now : await statusBy(em, id);
      const isNew = wasThere || status !== now;
      return { status, act: isNew ? { action: 'tenant.reinstate', details: { cause, reason } } : null };
    });
  }

  /** The days of retention are counted from the first cancellation, however often it is asked for. */
  cancel(id: string, { reason }: ForReason): Promise<Tenant> {
    return this.#decide(id, async (em, now) => {
      requireOneOf(['active', 'suspended', 'cancelled'], id, now, 'cancelled');
      const known = await Retentions.lock(em, id);
      if (known && now === 'cancelled') return { status: 'cancelled', act: null };
      const cancelledAt = this.parts.clock.now();
      const dueAt = new Date(cancelledAt.getTime() + this.parts.retentionDays * DAY_MS);
      await Retentions.begin(em, id, { cancelledAt, dueAt });
      await this.#tellAdmin(em, { tenantId: id, withinDays: null, dueAt: dueAt.toISOString() });
      // Whoever leaves is not charged for another period, and the end of this one may be near.
      await this.#ofCustomer(em, id, this.parts.plans.followBilling);
      return { status: 'cancelled', act: { action: 'tenant.cancel', details: { reason, dueAt: dueAt.toISOString() } } };
    });
  }

  /** A cancelled tenant is what it was before: suspended while there is a cause, else active. Raises ErasureBegunError. */
  reactivate(id: string, { reason }: ForReason): Promise<Tenant> {
    return this.#decide(id, async (em, now) => {
      requireOneOf(['active', 'suspended', 'cancelled'], id, now, 'active');
      if (now !== 'cancelled') return { status: now, act: null };
      requireKept(id, await Retentions.lock(em, id));
      await Retentions.end(em, id);
      await this.#ofCustomer(em, id, this.parts.plans.goOnBilling);
      return { status: await statusBy(em, id), act: { action: 'tenant.reactivate', details: { reason } } };
    });
  }

  /** From now on nothing is erased, whatever is due. Raises ErasureBegunError. */
  async hold(id: string, { reason }: ForReason): Promise<void> {
    await this.parts.registry.decideStatus(id, async (em, status) => {
      requireKept(id, await Retentions.lock(em, id));
      const isNew = await LegalHolds.set(em, id, { reason, since: this.parts.clock.now(), by: actor() });
      return { status, act: isNew ? { action: 'tenant.hold', details: { reason } } : null };
    });
  }

  /** What is due by now is erased after that. */
  async release(id: string, { reason }: ForReason): Promise<void> {
    await this.parts.registry.decideStatus(id, async (em, status) => {
      await Retentions.lock(em, id);
      const wasHeld = await LegalHolds.lift(em, id);
      return { status, act: wasHeld ? { action: 'tenant.release', details: { reason } } : null };
    });
  }

  async standing(id: string): Promise<TenantStanding> {
    const em = this.parts.catalog.em.fork();
    return {
      tenant: await this.parts.registry.get(id),
      suspensions: await Suspensions.of(em, id),
      retention: await Retentions.of(em, id),
      legalHold: await LegalHolds.of(em, id),
    };
  }

  /** Has a tenant cancelled by the platform, once for each name. */
  async askToCancel(tenantId: string, once: string): Promise<void> {
    await this.parts.works.ask({ kind: this.parts.plans.cancel, input: { tenantId }, tenantId, once });
  }

  async #tellAdmin(em: EntityManager, notice: AdminNotice): Promise<void> {
    await this.parts.works.enqueue(em, { kind: this.parts.plans.tellAdmin, input: notice, tenantId: notice.tenantId });
  }

  async #ofCustomer(em: EntityManager, tenantId: string, kind: WorkPlan): Promise<void> {
    const customers = await em.execute<{ customer_id: string }[]>('select customer_id from billing_customer where tenant_id = ?', [
      tenantId,
    ]);
    for (const { customer_id: customerId } of customers)
      await this.parts.works.enqueue(em, { kind, input: { customerId }, key: customerId });
  }

  async #decide(tenantId: string, decide: DecideStatus): Promise<Tenant> {
    const { registry, works, plans } = this.parts;
    const asked: string[] = [];
    const changed = await registry.decideStatus(tenantId, async (em, now): Promise<StatusDecision> => {
      const decision = await decide(em, now);
      asked.push(await works.enqueue(em, { kind: plans.seal, input: { tenantId }, tenantId, key: tenantId }));
      return decision;
    });
    for (const id of asked) await works.rung(id);
    return changed;
  }
}

async function statusBy(em: EntityManager, id: string): Promise<TenantStatus> {
  return (await Suspensions.of(em, id)).length > 0 ? 'suspended' : 'active';
}

function requireOneOf(known: readonly TenantStatus[], id: string, now: TenantStatus, wanted: TenantStatus): void {
  if (!known.includes(now)) throw new TenantStatusRefusedError(id, now, wanted);
}

function requireKept(id: string, retention: Retention | null): void {
  if (retention && retention.state !== 'kept') throw new ErasureBegunError(id);
}

function actor(): string {
  const { operator, principal } = WorkOrigin.current();
  return (operator?.name ?? principal?.id ?? 'platform').slice(0, 200);
}
