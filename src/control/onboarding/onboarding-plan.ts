import type { WorkPlan } from '#catalog/work/work-book.js';

/** What was agreed when somebody asked for a tenant: plain, kept with the work that makes it. */
export interface OnboardingInput {
  readonly slug: string;
  readonly name: string;
  readonly adminName: string | null;
  readonly adminEmail: string;
  readonly plan: string;
  readonly region: string;
  /** Where the outcome is told. */
  readonly notifyUrl: string | null;
  /** When the first payment is due, when it is not for the plan to say; RFC 3339. */
  readonly trialEndsAt: string | null;
  /** Whether a server came with it that is to be the tenant's alone; how it is reached is in the key vault. */
  readonly hasOwnServer: boolean;
  /** What the whole request was, so that a repetition of it is known. */
  readonly fingerprint: string | null;
}

/** The steps of making a tenant, in the order in which callers see them. */
export const ONBOARDING_STEPS = [
  'reserve',
  'prepare',
  'verify',
  'billing-customer',
  'billing-subscription',
  'activate',
  'founder',
  'notify',
] as const;
export type OnboardingStep = (typeof ONBOARDING_STEPS)[number];

/** Makes a tenant. The first step is done by who asks for it; once it is active nothing is taken back any more. */
export const ONBOARDING = {
  name: 'onboarding.tenant',
  steps: ONBOARDING_STEPS.map((name) => ({ name })),
  pivot: 'activate',
} as const satisfies WorkPlan & { pivot: OnboardingStep };

/** Makes a tenant of an export: the way every tenant is made, and filled before anybody can get in. */
export const IMPORT = {
  name: 'onboarding.import',
  steps: ['reserve', 'prepare', 'verify', 'billing-customer', 'billing-subscription', 'fill', 'activate'].map((name) => ({ name })),
  pivot: 'activate',
} as const satisfies WorkPlan & { pivot: OnboardingStep };

/** Tells the caller's own address what became of it. */
export const ONBOARDING_NOTICE = { name: 'onboarding.notice', steps: [{ name: 'send' }] } as const satisfies WorkPlan;

/** Keeps places ready for those who come next. */
export const WARM_POOL = { name: 'onboarding.warm-pool', steps: [{ name: 'fill' }] } as const satisfies WorkPlan;
