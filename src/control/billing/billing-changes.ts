import type { BilledTenant } from '#catalog/billing/billing-turn.js';
import type { SubscriptionRecord } from '#catalog/billing/subscription-record.js';
import type { TenantAccess } from '#kernel/tenancy/tenant.js';

/** What is other than before, as the platform's record tells it. */
export function changesOf(
  tenant: BilledTenant,
  before: SubscriptionRecord | null,
  after: { readonly plan: string; readonly access: TenantAccess; readonly record: SubscriptionRecord },
): { path: string; old: unknown; new: unknown }[] {
  const { record } = after;
  const told: [string, unknown, unknown][] = [
    ['plan', tenant.plan, after.plan],
    ['access', tenant.access, after.access],
    ['subscription', before?.subscriptionId ?? null, record.subscriptionId],
    ['status', before?.status ?? null, record.status],
    ['cancelAtPeriodEnd', before?.cancelAtPeriodEnd ?? false, record.cancelAtPeriodEnd],
    ['scheduled', before?.scheduled?.plan ?? null, record.scheduled?.plan ?? null],
  ];
  return told.filter(([, old, now]) => old !== now).map(([path, old, now]) => ({ path, old, new: now }));
}
