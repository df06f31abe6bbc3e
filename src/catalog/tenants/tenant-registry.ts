import { LockMode, UniqueConstraintViolationException } from '@mikro-orm/core';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { type PlatformAct, tenantTarget } from '#catalog/audit/platform-act.js';
import { PlatformAudit } from '#catalog/audit/platform-audit.js';
import { SlugTakenError, TenantStatusRefusedError } from '#catalog/catalog.errors.js';
import { Tombstones } from '#catalog/lifecycle/tombstones.js';
import { PlacementRecord } from '#catalog/tenants/placement.record.js';
import { TenantRecord } from '#catalog/tenants/tenant.record.js';
import { SELECT_TENANTS, tenantOf, type TenantRow } from '#catalog/tenants/tenant-rows.js';
import type { Placement } from '#kernel/tenancy/placement.js';
import { isUuid } from '#kernel/model/uuid.js';
import { TenantUnknownError } from '#kernel/tenancy/tenant.errors.js';
import type { TenantRoll } from '#kernel/tenancy/tenant-roll.js';
import type { Tenant, TenantStatus } from '#kernel/tenancy/tenant.js';
import { Clock } from '#kernel/work/clock.js';

/** What is asked for when a tenant is reserved. */
export interface TenantOrder {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly adminEmail: string;
  readonly plan: string;
  readonly region: string;
  readonly placement: Placement;
}

/** Told after a change was committed, so that every process forgets what it knew. */
export type TenantChanged = (tenantId: string) => Promise<void>;

/** What becomes of a tenant, and what is put on record of it; null when nothing is new. */
export interface StatusDecision {
  readonly status: TenantStatus;
  readonly act: Pick<PlatformAct, 'action' | 'details'> | null;
}

/** Decides under the lock of the tenant's row; what it writes with `em` is kept with the change or not at all. Raises what refuses the change. */
export type DecideStatus = (em: EntityManager, now: TenantStatus) => Promise<StatusDecision>;

const BEFORE: Record<TenantStatus, readonly TenantStatus[]> = {
  provisioning: [],
  active: ['suspended'],
  suspended: ['active'],
  cancelled: ['active', 'suspended'],
};

/** The platform's list of tenants; the only place that writes it. */
export class TenantRegistry implements TenantRoll {
  constructor(
    private readonly catalog: MikroORM,
    private readonly changed: TenantChanged,
    private readonly audit = new PlatformAudit(catalog),
    private readonly clock = new Clock(),
  ) {}

  /**
   * Takes the name and the place, in the caller's transaction, before anything is made; `announce` it after the commit. Raises SlugTakenError,
   * also for the name of a tenant that was erased within the last year, and TenantErasedError for the id of one that ever was.
   */
  async reserve(em: EntityManager, order: TenantOrder): Promise<void> {
    const { placement, ...tenant } = order;
    try {
      await Tombstones.requireNone(em, order, this.clock.now());
      em.create(TenantRecord, { ...tenant, status: 'provisioning' });
      await em.flush();
      em.create(PlacementRecord, { tenantId: tenant.id, ...placement });
      const { slug, plan, region } = tenant;
      const details = { slug, plan, region, kind: placement.kind, cluster: placement.cluster };
      await this.audit.record(em, { action: 'tenant.reserve', targets: [tenantTarget(tenant.id)], details });
    } catch (error) {
      if (error instanceof UniqueConstraintViolationException) throw new SlugTakenError(tenant.slug);
      throw error;
    }
  }

  /** Tells every process that what it knew of a tenant, or of its name, is out of date. */
  announce(id: string): Promise<void> {
    return this.changed(id);
  }

  /** Raises TenantUnknownError. */
  async get(idOrSlug: string): Promise<Tenant> {
    return one(this.catalog.em.fork(), isUuid(idOrSlug) ? 'id' : 'slug', idOrSlug);
  }

  /** What was said of a tenant when it was ordered. Raises TenantUnknownError. */
  async factsOf(id: string): Promise<Pick<TenantOrder, 'name' | 'adminEmail'>> {
    const tenant = await this.catalog.em.fork().findOne(TenantRecord, { id });
    if (!tenant) throw new TenantUnknownError();
    return { name: tenant.name, adminEmail: tenant.adminEmail };
  }

  /** Every tenant, in the order they were made. */
  list(): Promise<Tenant[]> {
    return this.#all('');
  }

  active(): Promise<Tenant[]> {
    return this.#all(`where t.status = 'active'`);
  }

  /** One statement that brings nothing but ids, because every worker asks every few seconds. */
  async activeApart(): Promise<string[]> {
    const rows = await this.catalog.em.fork().execute<{ id: string }[]>(
      `select t.id from tenant t join placement p on p.tenant_id = t.id
       where t.status = 'active' and p.secret is not null order by t.id`,
    );
    return rows.map(({ id }) => id);
  }

  /** The databases of a cluster in which somebody else than that tenant is placed. */
  async databasesOfOthers(tenantId: string, cluster: string): Promise<ReadonlySet<string>> {
    const placed = await this.catalog.em.fork().find(PlacementRecord, { tenantId: { $ne: tenantId }, cluster });
    return new Set(placed.map(({ database }) => database));
  }

  async #all(which: string): Promise<Tenant[]> {
    const rows = await this.catalog.em.fork().execute<TenantRow[]>(`${SELECT_TENANTS} ${which} order by t.id`);
    return rows.map(tenantOf);
  }

  /** A tenant that was made becomes active. Raises TenantUnknownError or TenantStatusRefusedError. */
  open(id: string): Promise<Tenant> {
    return this.#change(id, 'active', ['provisioning']);
  }

  /** Takes back an opening that did not come to its end: nobody was told of it yet. Raises TenantUnknownError or TenantStatusRefusedError. */
  unopen(id: string): Promise<Tenant> {
    return this.#change(id, 'provisioning', ['active']);
  }

  /**
   * Changes the status and, with it, the epoch: every capability handed out before is stale once the fence has followed. The status it has
   * already changes nothing. Raises TenantUnknownError or TenantStatusRefusedError.
   */
  setStatus(id: string, status: TenantStatus): Promise<Tenant> {
    return this.#change(id, status, BEFORE[status]);
  }

  #change(id: string, status: TenantStatus, from: readonly TenantStatus[]): Promise<Tenant> {
    return this.decideStatus(id, async (_em, now) => {
      if (now === status) return { status, act: null };
      if (!from.includes(now)) throw new TenantStatusRefusedError(id, now, status);
      return { status, act: { action: 'tenant.change-status' } };
    });
  }

  /** As `setStatus`, for what is decided by more than the status. Raises TenantUnknownError and what `decide` raises. */
  async decideStatus(id: string, decide: DecideStatus): Promise<Tenant> {
    const changed = await this.catalog.em.fork().transactional(async (em) => {
      const tenant = await em.findOne(TenantRecord, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      const placement = tenant && (await em.findOne(PlacementRecord, { tenantId: id }, { lockMode: LockMode.PESSIMISTIC_WRITE }));
      if (!tenant || !placement) throw new TenantUnknownError();
      const { status, act } = await decide(em, tenant.status);
      const changes = tenant.status === status ? [] : [{ path: 'status', old: tenant.status, new: status }];
      if (changes.length > 0) {
        tenant.status = status;
        placement.epoch += 1;
      }
      if (act) await this.audit.record(em, { ...act, targets: [tenantTarget(id)], changes });
      await em.flush();
      return one(em, 'id', id);
    });
    await this.changed(id);
    return changed;
  }

  /**
   * Forgets a tenant and its name; its data must be gone before. Succeeds when it is gone already. What `beside` does is done in the same
   * transaction, once.
   */
  async remove(id: string, beside: (em: EntityManager) => Promise<unknown> = () => Promise.resolve()): Promise<void> {
    await this.catalog.em.fork().transactional(async (em) => {
      const removed = await em.nativeDelete(TenantRecord, { id });
      if (removed === 0) return;
      await beside(em);
      await this.audit.record(em, { action: 'tenant.remove', targets: [tenantTarget(id)] });
    });
    await this.changed(id);
  }
}

/** Raises TenantUnknownError. */
async function one(em: EntityManager, by: 'id' | 'slug', value: string): Promise<Tenant> {
  const [row] = await em.execute<TenantRow[]>(`${SELECT_TENANTS} where t.${by} = ?`, [value]);
  if (!row) throw new TenantUnknownError();
  return tenantOf(row);
}
