import { isLive } from '#control/billing/billing-facts.js';
import { BillingRefusedError, type BillingProvider } from '#control/billing/billing-provider.js';
import type { OnboardingPart, OnboardingParts } from '#control/onboarding/onboarding-parts.js';
import type { OnboardingInput } from '#control/onboarding/onboarding-plan.js';
import { tenantToUndo } from '#control/onboarding/onboarded-tenant.js';
import { hopelessOn, tenantOfWork, type WorkTry } from '#control/work/work-kind.js';

const DAY_MS = 86_400_000;

/** Making the tenant a customer, who begins with a trial where the plan has one, and is sent bills where it has none. */
export function billingSteps(parts: OnboardingParts): Record<'billing-customer' | 'billing-subscription', OnboardingPart> {
  const { billing, accounts, plans } = parts;
  return {
    'billing-customer': {
      run: async ({ name, adminEmail }, work) => {
        const tenantId = tenantOfWork(work);
        const { id } = await hopelessOn(billing.ensureCustomer({ tenantId, name, email: adminEmail }), BillingRefusedError);
        await accounts.remember(tenantId, id);
        return { customerId: id };
      },
      undo: async (input, work) => {
        const customerId = await customerToUndo(parts, input, work);
        if (customerId !== null) await billing.deleteCustomer(customerId);
      },
    },
    'billing-subscription': {
      run: async (input, work) => {
        const { done, createdAt } = work;
        const { price, trialDays } = plans.of(input.plan);
        if (!price) return { subscriptionId: null };
        const { customerId } = done['billing-customer'] as { customerId: string };
        const trialEnd = trialEndOf(input, createdAt, trialDays);
        const begun = await hopelessOn(
          billing.startSubscription({
            ...{ tenantId: tenantOfWork(work), customerId, priceKey: price.key, collection: trialEnd ? 'charge' : 'invoice' },
            ...(trialEnd && { trialEnd }),
          }),
          BillingRefusedError,
        );
        return { subscriptionId: begun.id };
      },
      undo: async (_input, { done }) => {
        const { customerId } = done['billing-customer'] as { customerId: string };
        await endSubscriptions(billing, customerId);
      },
    },
  };
}

async function endSubscriptions(billing: BillingProvider, customerId: string): Promise<void> {
  for (const { id, status } of await billing.subscriptionsOf(customerId))
    if (isLive(status)) await billing.cancel({ subscriptionId: id, at: 'now' });
}

/** Counted from when it was asked for, so that a repetition asks for the same. */
function trialEndOf({ trialEndsAt }: OnboardingInput, askedAt: Date, trialDays: number): Date | null {
  if (trialEndsAt !== null) return new Date(trialEndsAt);
  return trialDays > 0 ? new Date(askedAt.getTime() + trialDays * DAY_MS) : null;
}

/** One that was made and whose name was lost with its answer is found by making it again. Null when there is none. */
async function customerToUndo(
  { billing, accounts, tenants }: OnboardingParts,
  { name, adminEmail }: OnboardingInput,
  work: WorkTry,
): Promise<string | null> {
  const { customerId } = (work.done['billing-customer'] ?? {}) as { customerId?: string };
  if (customerId !== undefined) return customerId;
  if ((await tenantToUndo(tenants, work)) === null) return null;
  const known = await accounts.of(tenantOfWork(work));
  if (known !== null) return known;
  try {
    return (await billing.ensureCustomer({ tenantId: tenantOfWork(work), name, email: adminEmail })).id;
  } catch (error) {
    if (error instanceof BillingRefusedError) return null;
    throw error;
  }
}
