import { randomUUIDv7 } from 'node:crypto';
import type { OnboardingDesk, OnboardingRequest } from '#control/onboarding/onboarding-desk.js';
import { SalesOnlyError, SignUpClosedError } from '#control/onboarding/onboarding.errors.js';
import type { OnboardingBegun } from '#control/onboarding/onboarding.schemas.js';
import type { NoticeSender } from '#control/onboarding/notice.js';
import type { NoticeSigner } from '#control/onboarding/notice-signer.js';
import { PlanUnknownError } from '#control/provisioning/provisioning.errors.js';
import type { Flags } from '#kernel/flags/flags.js';
import { onceOf, type Once } from '#kernel/idempotency/once.js';
import { RateLimitedError } from '#kernel/limits/limits.errors.js';
import { peerNetworkOf } from '#kernel/limits/peer-network.js';
import type { Rate, RateLimiter, RateVerdict } from '#kernel/limits/rate-limiter.js';
import type { PublicAddress } from '#kernel/resolution/public-address.js';
import type { PlanCatalogue } from '#kernel/tenancy/plan-terms.js';

/** What a door to onboarding works with. */
export interface SignUpParts {
  readonly desk: OnboardingDesk;
  readonly plans: PlanCatalogue;
  readonly limiter: RateLimiter;
  /** For each peer network: how often it may sign up, and how often it may look what became of it. */
  readonly rates: Readonly<Record<SignUpRate, Rate>>;
  readonly addresses: PublicAddress;
  readonly notices: Pick<NoticeSender, 'check'>;
  readonly signer: NoticeSigner;
  readonly flags: Pick<Flags, 'isOn'>;
}

/** What of a stranger is counted apart. */
export type SignUpRate = 'signup' | 'signup-look';

/** A request that was counted, for the headers. */
export interface CountedRequest {
  readonly name: SignUpRate;
  readonly rate: Rate;
  readonly verdict: RateVerdict;
}

/** What is answered to a request, and whether it was answered before. */
export interface SignUpAnswer {
  readonly body: OnboardingBegun;
  readonly isRepeated: boolean;
}

/** Decides who may ask for a tenant, and says where to look for what becomes of it. */
export class SignUpDoor {
  constructor(private readonly parts: SignUpParts) {}

  /** Counts a request of a stranger. Raises RateLimitedError. */
  async count(name: SignUpRate, address: string): Promise<CountedRequest> {
    const { limiter, rates } = this.parts;
    const rate = rates[name];
    const verdict = await limiter.hit(`{${name}}:peer:${peerNetworkOf(address)}`, rate);
    if (!verdict.allowed) throw new RateLimitedError(verdict.resetSeconds);
    return { name, rate, verdict };
  }

  /** For everybody, who may have what needs no agreement. Raises SalesOnlyError, SignUpClosedError, NoticeAddressRefusedError and what OnboardingDesk does. */
  async strangers(key: string, request: OnboardingRequest): Promise<SignUpAnswer> {
    const terms = this.parts.plans.terms.get(request.plan);
    if (!terms) throw new PlanUnknownError(request.plan, [...this.parts.plans.terms.keys()]);
    if (!terms.isSelfService) throw new SalesOnlyError(request.plan);
    // There is no tenant yet: what is known of it is what it would be.
    const { plan, region } = request;
    const wanted = { id: randomUUIDv7(), plan, region, placement: { kind: terms.isolation } };
    if (!this.parts.flags.isOn('signup-open', wanted)) throw new SignUpClosedError();
    return this.#ask(request, onceOf('signup', key, request), (id) => this.parts.addresses.ofPlatform(`/api/signup/${id}`));
  }

  /** For operators, who may have everything. Raises NoticeAddressRefusedError and what OnboardingDesk does. */
  async operators(key: string, request: OnboardingRequest): Promise<SignUpAnswer> {
    return this.#ask(request, onceOf('operators', key, request), (id) =>
      this.parts.addresses.ofOperators(`/api/platform/onboardings/${id}`),
    );
  }

  async #ask(request: OnboardingRequest, once: Once, statusUrlOf: (id: string) => string): Promise<SignUpAnswer> {
    const { desk, notices, signer } = this.parts;
    if (request.notifyUrl !== undefined) notices.check(request.notifyUrl);
    const { id, input, isRepeated } = await desk.ask(request, once);
    const notifySecret = input.notifyUrl === null ? {} : { notifySecret: signer.secretOf(id) };
    return { body: { onboardingId: id, slug: input.slug, statusUrl: statusUrlOf(id), ...notifySecret }, isRepeated };
  }
}
