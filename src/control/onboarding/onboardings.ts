import { WorkNotFoundError, WorkStateRefusedError } from '#catalog/work/work.errors.js';
import type { WorkBook } from '#catalog/work/work-book.js';
import type { WorkReport } from '#catalog/work/work-report.js';
import { OnboardingNotFoundError, OnboardingStateRefusedError } from '#control/onboarding/onboarding.errors.js';
import type { OnboardingView, OperatorsOnboardingView } from '#control/onboarding/onboarding.schemas.js';
import { IMPORT, ONBOARDING, type OnboardingInput } from '#control/onboarding/onboarding-plan.js';
import { operatorsView, publicView } from '#control/onboarding/onboarding-view.js';
import { PlatformAudit } from '#catalog/audit/platform-audit.js';
import { tenantTarget } from '#catalog/audit/platform-act.js';
import type { PublicAddress } from '#kernel/resolution/public-address.js';

type Onboarding = typeof ONBOARDING | typeof IMPORT;

interface Wish<Plan> {
  readonly plan: Plan;
  readonly tenantId: string | null;
  readonly input: OnboardingInput;
}

/** What became of requests for tenants, by the id that was answered; one made of an export is seen to alike. Everything raises OnboardingNotFoundError. */
export class Onboardings {
  constructor(
    private readonly works: WorkBook,
    private readonly audit: PlatformAudit,
    private readonly addresses: PublicAddress,
  ) {}

  async forEverybody(id: string): Promise<OnboardingView> {
    return publicView(...(await this.#shown(id)));
  }

  async forOperators(id: string): Promise<OperatorsOnboardingView> {
    return operatorsView(...(await this.#shown(id)));
  }

  /** Has one that was given up tried again. Raises OnboardingStateRefusedError. */
  async retry(id: string): Promise<void> {
    await this.#change(id, 'onboarding.retry', () => this.works.retry(id));
  }

  /** Has one taken back that is not active yet. Raises OnboardingStateRefusedError. */
  async cancel(id: string): Promise<void> {
    await this.#change(id, 'onboarding.cancel', ({ pivot }) => this.works.cancel(id, { before: pivot }));
  }

  async #shown(id: string): Promise<[WorkReport, string, string]> {
    const { slug } = (await this.#wish(id, [ONBOARDING])).input;
    return [await this.works.report(id), slug, this.addresses.ofTenant(slug, '/')];
  }

  async #wish<Plan extends { readonly name: string }>(id: string, plans: readonly Plan[]): Promise<Wish<Plan>> {
    const { kind, tenantId, input } = await this.works.wishOf(id).catch((error: unknown) => {
      throw error instanceof WorkNotFoundError ? new OnboardingNotFoundError() : error;
    });
    const plan = plans.find(({ name }) => name === kind);
    if (!plan) throw new OnboardingNotFoundError();
    return { plan, tenantId, input: input as OnboardingInput };
  }

  async #change(id: string, action: 'onboarding.retry' | 'onboarding.cancel', change: (plan: Onboarding) => Promise<void>): Promise<void> {
    const { plan, tenantId } = await this.#wish<Onboarding>(id, [ONBOARDING, IMPORT]);
    const targets = [{ type: 'onboarding', id }, ...(tenantId === null ? [] : [tenantTarget(tenantId)])];
    try {
      await this.audit.around({ action, targets }, () => change(plan));
    } catch (error) {
      if (error instanceof WorkStateRefusedError) throw new OnboardingStateRefusedError(error.state, { cause: error });
      throw error;
    }
  }
}
