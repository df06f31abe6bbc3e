import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type { WarmPlaces } from '#catalog/onboarding/warm-places.js';
import type { TenantOrder, TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import type { WorkBook, WorkPlan } from '#catalog/work/work-book.js';

/** A tenant that is asked for, with the work that makes it. */
export interface OnboardingOrder<Input extends object> {
  readonly work: WorkPlan;
  /** When the work may be begun by anybody; now, when not said. */
  readonly dueAt?: Date;
  readonly tenant: TenantOrder;
  readonly input: Input;
  /** A name under which it is asked for once; what was asked for under it is then the answer. */
  readonly once?: string | undefined;
  /** Asked for when a place was taken from the pool. */
  readonly refill: WorkPlan;
}

/** The work that makes the tenant; `isRepeated` when it was asked for before, perhaps with another input. */
export interface OnboardingEntry<Input extends object> {
  readonly id: string;
  readonly input: Input;
  readonly isRepeated: boolean;
}

/** Tenants that were asked for: name, place and work are kept in one transaction, or none of them is. */
export class OnboardingBook {
  constructor(
    private readonly catalog: MikroORM,
    private readonly tenants: TenantRegistry,
    private readonly works: WorkBook,
    private readonly pool: WarmPlaces,
  ) {}

  /** Raises SlugTakenError. Ring for the work, or drive it, afterwards. */
  async enter<Input extends object>(order: OnboardingOrder<Input>): Promise<OnboardingEntry<Input>> {
    const { tenant, input } = order;
    try {
      const id = await this.catalog.em.fork().transactional((em) => this.#enter(em, order));
      await this.tenants.announce(tenant.id);
      return { id, input, isRepeated: false };
    } catch (error) {
      if (!(error instanceof AskedBefore)) throw error;
      return this.#repeated(error.id);
    }
  }

  /** What was asked for under that name; null when nothing was. */
  async find<Input extends object>(once: string): Promise<OnboardingEntry<Input> | null> {
    const [known] = await this.catalog.em.fork().execute<{ id: string }[]>('select id from work where once = ?', [once]);
    return known ? this.#repeated(known.id) : null;
  }

  async #enter<Input extends object>(
    em: EntityManager,
    { work, dueAt, tenant, input, once, refill }: OnboardingOrder<Input>,
  ): Promise<string> {
    const place = await this.pool.take(em, tenant.placement);
    const id = await this.works.enqueue(em, {
      ...{ kind: work, input, tenantId: tenant.id, done: { reserve: { version: place?.version ?? null } } },
      ...(once !== undefined && { once }),
      ...(dueAt && { dueAt }),
    });
    // By an exception, because the place must go back.
    if (once !== undefined && !(await isFor(em, id, tenant.id))) throw new AskedBefore(id);
    if (place) await this.works.enqueue(em, { kind: refill, input: {}, key: 'pool' });
    const { database, schema, secret } = place ?? tenant.placement;
    await this.tenants.reserve(em, { ...tenant, placement: { ...tenant.placement, database, schema, secret } });
    return id;
  }

  async #repeated<Input extends object>(id: string): Promise<OnboardingEntry<Input>> {
    const { input } = await this.works.wishOf(id);
    return { id, input: input as Input, isRepeated: true };
  }
}

class AskedBefore extends Error {
  constructor(readonly id: string) {
    super('it was asked for before');
  }
}

async function isFor(em: EntityManager, workId: string, tenantId: string): Promise<boolean> {
  const own = await em.execute<object[]>('select id from work where id = ? and tenant_id = ?', [workId, tenantId]);
  return own.length === 1;
}
