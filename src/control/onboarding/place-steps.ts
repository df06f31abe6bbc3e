import { ONBOARDING_NOTICE, type OnboardingInput } from '#control/onboarding/onboarding-plan.js';
import type { OnboardingPart, OnboardingParts } from '#control/onboarding/onboarding-parts.js';
import { onboardedTenant, tenantToUndo } from '#control/onboarding/onboarded-tenant.js';
import { PlaceNotGoneError } from '#control/onboarding/onboarding.errors.js';
import { OwnServerRefusedError } from '#control/provisioning/provisioning.errors.js';
import { tenantOfWork, UnrecoverableWorkError, type WorkTry } from '#control/work/work-kind.js';

/** Holding the name, and making the place: a schema or database is made and migrated in one go, then asked whose it is. */
export function placeSteps(parts: OnboardingParts): Record<'reserve' | 'prepare' | 'verify', OnboardingPart> {
  const { tenants, isolation, servers } = parts;
  return {
    reserve: {
      // Done with the request, in the transaction that asked for this work.
      run: async (_input, work) => {
        await onboardedTenant(tenants, work);
      },
      undo: (input, work) => release(parts, input, work),
    },
    prepare: {
      run: async ({ hasOwnServer }, work) => {
        if (hasOwnServer) await servers.prepare(tenantOfWork(work)).catch(hopeless);
        const { version = null } = (work.done['reserve'] ?? {}) as { version?: string | null };
        await isolation.prepare(await onboardedTenant(tenants, work), { version, signal: work.signal });
      },
      undo: async (_input, work) => {
        await takeAway(parts, work);
      },
    },
    verify: { run: async (_input, work) => isolation.verify(await onboardedTenant(tenants, work)) },
  };
}

/** A server that is another's by now stays that. */
function hopeless(error: unknown): never {
  if (error instanceof OwnServerRefusedError) throw new UnrecoverableWorkError(error.message, { cause: error, code: error.code });
  throw error;
}

/** The name is free after this; nothing of the place is left by then. */
async function release(parts: OnboardingParts, input: OnboardingInput, work: WorkTry): Promise<void> {
  const { tenants, works, servers } = parts;
  // Also when no step but this was begun: a place from the pool is the tenant's from the beginning.
  const tenant = await takeAway(parts, work);
  if (tenant)
    await tenants.remove(tenant.id, async (em) => {
      if (input.notifyUrl === null) return;
      const told = { onboardingId: work.id, slug: input.slug, url: input.notifyUrl, outcome: 'failed' };
      const once = `${ONBOARDING_NOTICE.name}:${work.id}`;
      await works.enqueue(em, { kind: ONBOARDING_NOTICE, input: told, tenantId: tenantOfWork(work), once });
    });
  // It is not given back while a tenant is placed on it.
  if (input.hasOwnServer) await servers.detach(tenantOfWork(work));
}

async function takeAway({ tenants, isolation }: OnboardingParts, work: WorkTry): ReturnType<typeof tenantToUndo> {
  const tenant = await tenantToUndo(tenants, work);
  if (!tenant) return null;
  await isolation.undo(tenant);
  const remains = await isolation.remains(tenant);
  if (remains.length > 0) throw new PlaceNotGoneError(remains);
  return tenant;
}
