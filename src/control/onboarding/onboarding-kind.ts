import { billingSteps } from '#control/onboarding/billing-steps.js';
import type { OnboardingPart, OnboardingParts } from '#control/onboarding/onboarding-parts.js';
import { ONBOARDING, ONBOARDING_STEPS, type OnboardingInput, type OnboardingStep } from '#control/onboarding/onboarding-plan.js';
import { openingSteps } from '#control/onboarding/opening-steps.js';
import { placeSteps } from '#control/onboarding/place-steps.js';
import type { WorkKind } from '#control/work/work-kind.js';

const ATTEMPTS = 9;
const LONGEST_WAIT_MS = 10_000;

/** Makes a tenant, whole or not at all; somebody is waiting, so what failed is tried again soon. */
export function onboardTenant(parts: OnboardingParts): WorkKind<OnboardingInput> {
  const does: Record<OnboardingStep, OnboardingPart> = { ...placeSteps(parts), ...billingSteps(parts), ...openingSteps(parts) };
  return {
    ...ONBOARDING,
    steps: ONBOARDING_STEPS.map((name) => ({ name, ...does[name] })),
    attempts: ATTEMPTS,
    againAfterMs: (failures) => Math.min(LONGEST_WAIT_MS, 250 * 2 ** (failures - 1)),
  };
}
