import type { LifecyclePlans } from '#catalog/lifecycle/lifecycle-book.js';
import { BILLING_WORKS } from '#control/billing/billing-plans.js';

/** What follows from a change in the life of a tenant, by the names it is kept under for ever. */
export const LIFECYCLE_PLANS = {
  seal: { name: 'lifecycle.seal', steps: [{ name: 'seal' }] },
  cancel: { name: 'lifecycle.cancel', steps: [{ name: 'cancel' }] },
  followBilling: BILLING_WORKS.sync,
  goOnBilling: BILLING_WORKS.goOn,
  tellAdmin: { name: 'lifecycle.tell-admin', steps: [{ name: 'send' }] },
} as const satisfies LifecyclePlans;
