import { billingSteps } from '#control/onboarding/billing-steps.js';
import { onboardedTenant } from '#control/onboarding/onboarded-tenant.js';
import type { OnboardingPart, OnboardingParts } from '#control/onboarding/onboarding-parts.js';
import { IMPORT, type OnboardingInput } from '#control/onboarding/onboarding-plan.js';
import { openingSteps } from '#control/onboarding/opening-steps.js';
import { placeSteps } from '#control/onboarding/place-steps.js';
import { tenantOfWork, UnrecoverableWorkError, type WorkKind } from '#control/work/work-kind.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { ObjectTraces } from '#workspace/objects/object-store.js';
import { tenantPrefix } from '#workspace/objects/tenant-objects.js';

const LONGEST_MS = 3_600_000;
const LONGEST_WAIT_MS = 10_000;

/** Puts something into a place that was made, before the tenant is opened. */
export type Filling = (tenant: Tenant) => Promise<void>;

/** What imports work with. */
export interface ImportParts extends OnboardingParts {
  readonly files: Pick<ObjectTraces, 'purge'>;
}

/** Only the process that was given the export has it; whoever else comes to it takes the tenant back. */
export const abandonedFilling: Filling = () =>
  Promise.reject(new UnrecoverableWorkError('the process that had the export is gone', { code: 'onboarding.import-abandoned' }));

/** Makes a tenant and fills it before anybody can get in. */
export function importTenant(parts: ImportParts, fill: Filling): WorkKind<OnboardingInput> {
  const filled: OnboardingPart = {
    // Not tried again: whoever imports is told at once, and may import again.
    run: async (_input, work) => fill(await onboardedTenant(parts.tenants, work)).catch(hopeless),
    undo: (_input, work) => parts.files.purge(tenantPrefix(tenantOfWork(work))),
  };
  const { activate } = openingSteps(parts);
  const does: Record<string, OnboardingPart> = { ...placeSteps(parts), ...billingSteps(parts), fill: filled, activate };
  return {
    ...IMPORT,
    steps: IMPORT.steps.map(({ name }) => ({ name, ...requirePart(does, name) })),
    timeoutMs: LONGEST_MS,
    againAfterMs: (failures) => Math.min(LONGEST_WAIT_MS, 250 * 2 ** (failures - 1)),
  };
}

function hopeless(error: unknown): never {
  throw new UnrecoverableWorkError(error instanceof Error ? error.message : 'it was not filled', {
    code: 'onboarding.not-filled',
    cause: error,
  });
}

function requirePart(does: Readonly<Record<string, OnboardingPart>>, name: string): OnboardingPart {
  const part = does[name];
  if (!part) throw new TypeError(`nobody does the step ${name}`);
  return part;
}
