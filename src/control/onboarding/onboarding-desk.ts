import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { SlugTakenError } from '#catalog/catalog.errors.js';
import type { OnboardingBook, OnboardingEntry } from '#catalog/onboarding/onboarding-book.js';
import type { WorkBook, WorkPlan } from '#catalog/work/work-book.js';
import { SlugRefusedError } from '#control/onboarding/onboarding.errors.js';
import { IMPORT, ONBOARDING, type OnboardingInput, WARM_POOL } from '#control/onboarding/onboarding-plan.js';
import type { OwnServers } from '#control/provisioning/own-servers.js';
import type { Placer } from '#control/provisioning/placer.js';
import { IdempotencyKeyReusedError } from '#kernel/idempotency/idempotency.errors.js';
import type { Once } from '#kernel/idempotency/once.js';
import { isSlug, slugFrom } from '#kernel/resolution/slug.js';
import type { Clock } from '#kernel/work/clock.js';

const VARIATIONS = 8;
/** How long whoever asked for a work that is theirs may take to begin it. */
const HELD_MS = 60_000;

/** What somebody asks for when a tenant is to be made. */
export interface OnboardingRequest {
  readonly companyName: string;
  readonly adminEmail: string;
  readonly plan: string;
  readonly region: string;
  readonly adminName?: string | undefined;
  /** Taken as it is, or refused; when there is none, one is found that is free. */
  readonly slug?: string | undefined;
  readonly notifyUrl?: string | undefined;
  /** The cluster, when it is not for the region to choose. */
  readonly cluster?: string | undefined;
  readonly trialEndsAt?: Date | undefined;
  /** How a server is reached that is to be the tenant's alone; it is kept in the key vault and nowhere else. */
  readonly connectionString?: string | undefined;
}

/** A request of which nothing is secret any more. */
type Wish = Omit<OnboardingRequest, 'connectionString'> & {
  readonly tenantId: string;
  readonly hasOwnServer: boolean;
  readonly order: { readonly work: WorkPlan; readonly dueAt?: Date };
};

/** Takes requests for new tenants: name and place are held and the work is asked for when it answers; nothing else is made yet. */
export class OnboardingDesk {
  constructor(
    private readonly book: OnboardingBook,
    private readonly works: WorkBook,
    private readonly placer: Placer,
    private readonly servers: Pick<OwnServers, 'attach' | 'detach'>,
    private readonly clock: Clock,
  ) {}

  /**
   * Raises SlugTakenError, SlugRefusedError, IdempotencyKeyReusedError and what Placer does: PlanUnknownError, RegionUnknownError,
   * ClusterUnknownError, ClusterElsewhereError; with a server that is brought, also what OwnServers does.
   */
  async ask(request: OnboardingRequest, once?: Once): Promise<OnboardingEntry<OnboardingInput>> {
    const known = once && (await this.book.find<OnboardingInput>(once.name));
    const entry = known ?? (await this.#enterWithServer({ ...request, order: { work: ONBOARDING } }, once));
    if (entry.isRepeated && entry.input.fingerprint !== once?.fingerprint) throw new IdempotencyKeyReusedError();
    if (!entry.isRepeated) await this.works.rung(entry.id);
    return entry;
  }

  /**
   * The same for a tenant that is made of an export. Nobody is rung for: the work is the caller's own to begin, and if it never does, another
   * finds it later and takes it back. Raises what `ask` does.
   */
  async hold(request: Omit<OnboardingRequest, 'connectionString'>): Promise<string> {
    const dueAt = new Date(this.clock.now().getTime() + HELD_MS);
    return (await this.#enterWithServer({ ...request, order: { work: IMPORT, dueAt } })).id;
  }

  /** A server is kept first, because a work that was asked for may begin at once; it is given back when nothing comes of it. */
  async #enterWithServer(request: OnboardingRequest & Pick<Wish, 'order'>, once?: Once): Promise<OnboardingEntry<OnboardingInput>> {
    const tenantId = randomUUIDv7();
    const { connectionString, ...wish } = request;
    const { slug, region } = wish;
    if (slug !== undefined && !isSlug(slug)) throw new SlugRefusedError(slug);
    if (connectionString === undefined) return this.#enterUnderFreeName({ ...wish, tenantId, hasOwnServer: false }, once);
    const { cluster } = await this.servers.attach({ tenantId, region, connectionString });
    try {
      const entry = await this.#enterUnderFreeName({ ...wish, tenantId, cluster, hasOwnServer: true }, once);
      if (entry.isRepeated) await this.servers.detach(tenantId);
      return entry;
    } catch (error) {
      // What is left is found by the doctor; why nothing came of it is what matters here.
      await this.servers.detach(tenantId).catch(() => undefined);
      throw error;
    }
  }

  async #enterUnderFreeName(wish: Wish, once?: Once): Promise<OnboardingEntry<OnboardingInput>> {
    if (wish.slug !== undefined) return this.#enter(wish, wish.slug, once);
    const derived = slugFrom(wish.companyName);
    for (let variation = 0; ; variation += 1) {
      try {
        return await this.#enter(wish, variation === 0 ? derived : variationOf(derived), once);
      } catch (error) {
        if (!(error instanceof SlugTakenError) || variation === VARIATIONS) throw error;
      }
    }
  }

  async #enter(wish: Wish, slug: string, once?: Once): Promise<OnboardingEntry<OnboardingInput>> {
    const { companyName, adminName, adminEmail, plan, region, notifyUrl, trialEndsAt, cluster, tenantId, hasOwnServer, order } = wish;
    const placement = await this.placer.place(plan, region, { cluster });
    const named = { slug, name: companyName, adminEmail, plan, region };
    return this.book.enter({
      ...{ ...order, refill: WARM_POOL, once: once?.name },
      tenant: { ...named, id: tenantId, placement },
      input: {
        ...named,
        ...{ adminName: adminName ?? null, notifyUrl: notifyUrl ?? null, hasOwnServer },
        ...{ trialEndsAt: trialEndsAt?.toISOString() ?? null, fingerprint: once?.fingerprint ?? null },
      },
    });
  }
}

/** Another name like it, that nobody else is likely to be given. */
function variationOf(slug: string): string {
  return `${slug.slice(0, 34).replace(/-+$/, '')}-${randomBytes(2).toString('hex')}`;
}
