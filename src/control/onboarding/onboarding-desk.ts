import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { SlugTakenError } from '#catalog/catalog.errors.js';
import type { OnboardingBook, OnboardingEntry } from '#catalog/onboarding/onboarding-book.js';
import type { WorkBook } from '#catalog/work/work-book.js';
import { SlugRefusedError } from '#control/onboarding/onboarding.errors.js';
import { ONBOARDING, type OnboardingInput, WARM_POOL } from '#control/onboarding/onboarding-plan.js';
import type { Placer } from '#control/provisioning/placer.js';
import { IdempotencyKeyReusedError } from '#kernel/idempotency/idempotency.errors.js';
import { isSlug, slugFrom } from '#kernel/resolution/slug.js';

const VARIATIONS = 8;

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
  /** So that it can be there before the tenant is. */
  readonly tenantId?: string | undefined;
}

/** A name for a request, and what it was, so that its repetition is answered like the first and makes nothing. */
export interface Once {
  readonly name: string;
  readonly fingerprint: string;
}

/** Takes requests for new tenants: name and place are held and the work is asked for when it answers; nothing else is made yet. */
export class OnboardingDesk {
  constructor(
    private readonly book: OnboardingBook,
    private readonly works: WorkBook,
    private readonly placer: Placer,
  ) {}

  /**
   * Raises SlugTakenError, SlugRefusedError, IdempotencyKeyReusedError and what Placer does: PlanUnknownError, RegionUnknownError,
   * ClusterUnknownError, ClusterElsewhereError.
   */
  async ask(request: OnboardingRequest, once?: Once): Promise<OnboardingEntry<OnboardingInput>> {
    const known = once && (await this.book.find<OnboardingInput>(once.name));
    const entry = known ?? (await this.#enterUnderFreeName(request, once));
    if (entry.isRepeated && entry.input.fingerprint !== once?.fingerprint) throw new IdempotencyKeyReusedError();
    if (!entry.isRepeated) await this.works.rung(entry.id);
    return entry;
  }

  async #enterUnderFreeName(request: OnboardingRequest, once?: Once): Promise<OnboardingEntry<OnboardingInput>> {
    const { slug } = request;
    if (slug !== undefined) return this.#enter(request, slug, once);
    const derived = slugFrom(request.companyName);
    for (let variation = 0; ; variation += 1) {
      try {
        return await this.#enter(request, variation === 0 ? derived : variationOf(derived), once);
      } catch (error) {
        if (!(error instanceof SlugTakenError) || variation === VARIATIONS) throw error;
      }
    }
  }

  async #enter(request: OnboardingRequest, slug: string, once?: Once): Promise<OnboardingEntry<OnboardingInput>> {
    if (!isSlug(slug)) throw new SlugRefusedError(slug);
    const { companyName, adminName, adminEmail, plan, region, notifyUrl, trialEndsAt, cluster, tenantId } = request;
    const placement = await this.placer.place(plan, region, { cluster });
    const named = { slug, name: companyName, adminEmail, plan, region };
    return this.book.enter({
      ...{ work: ONBOARDING, refill: WARM_POOL, once: once?.name },
      tenant: { ...named, id: tenantId ?? randomUUIDv7(), placement },
      input: {
        ...named,
        ...{ adminName: adminName ?? null, notifyUrl: notifyUrl ?? null },
        ...{ trialEndsAt: trialEndsAt?.toISOString() ?? null, fingerprint: once?.fingerprint ?? null },
      },
    });
  }
}

/** Another name like it, that nobody else is likely to be given. */
function variationOf(slug: string): string {
  return `${slug.slice(0, 34).replace(/-+$/, '')}-${randomBytes(2).toString('hex')}`;
}
