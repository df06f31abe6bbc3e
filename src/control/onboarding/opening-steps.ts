import type { OnboardingPart, OnboardingParts } from '#control/onboarding/onboarding-parts.js';
import { ONBOARDING_NOTICE } from '#control/onboarding/onboarding-plan.js';
import { onboardedTenant, tenantToUndo } from '#control/onboarding/onboarded-tenant.js';
import { tenantOfWork } from '#control/work/work-kind.js';
import { FencedStatus } from '#control/provisioning/fenced-status.js';

/** Opening the tenant, after which nothing is taken back: its first owner, whom it mails a link, and the caller, who is told. */
export function openingSteps(parts: OnboardingParts): Record<'activate' | 'founder' | 'notify', OnboardingPart> {
  const { tenants, isolation, works, found } = parts;
  const statuses = new FencedStatus(tenants, isolation);
  return {
    activate: {
      run: async (_input, work) => {
        const tenant = await onboardedTenant(tenants, work);
        // It may have been opened by a try that was lost, and be suspended since.
        await statuses.fenced(tenant.status === 'provisioning' ? await tenants.open(tenant.id) : tenant);
      },
      undo: async (_input, work) => {
        const tenant = await tenantToUndo(tenants, work, ({ status }) => status === 'provisioning' || status === 'active');
        if (tenant) await statuses.fenced(tenant.status === 'active' ? await tenants.unopen(tenant.id) : tenant);
      },
    },
    founder: {
      run: async ({ name, adminName, adminEmail }, work) =>
        found(await onboardedTenant(tenants, work), { name, adminEmail, ...(adminName !== null && { adminName }) }),
    },
    notify: {
      run: async ({ notifyUrl, slug }, work) => {
        if (notifyUrl === null) return;
        const input = { onboardingId: work.id, slug, url: notifyUrl, outcome: 'completed' };
        await works.ask({ kind: ONBOARDING_NOTICE, input, tenantId: tenantOfWork(work), once: `${ONBOARDING_NOTICE.name}:${work.id}` });
      },
    },
  };
}
