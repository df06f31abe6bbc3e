import { BillingFollower } from '#control/billing/billing-follower.js';
import { BillingReconciler } from '#control/billing/billing-reconciler.js';
import { BillingReturn } from '#control/billing/billing-return.js';
import { BILLING_SCHEDULES, billingWorks } from '#control/billing/billing-works.js';
import { GraceKeeper } from '#control/billing/grace-keeper.js';
import { UsageReporter } from '#control/billing/usage/usage-reporter.js';
import type { Platform } from '#main/platform.js';
import type { Provisioning } from '#main/provisioning.js';
import type { PlatformWork } from '#main/work-kinds.js';

/** What the platform does about money outside of requests. */
export function openBillingWork(platform: Platform, { tenants }: Provisioning): PlatformWork {
  const { billing: provider, billingServices: services, works, plans, platformAudit: audit, notifications, lifecycle } = platform;
  const { clock } = platform.members;
  const { sync, alert, book, windows, accounts, subscriptions, inbox } = services;
  const follower = new BillingFollower({ book, provider, lifecycle, clock, alert });
  const kinds = billingWorks({
    ...{ provider, inbox, subscriptions, tenants, sync, follower, clock },
    reconciler: new BillingReconciler({ accounts, subscriptions, provider, sync, follower, works, plans, clock, alert }),
    grace: new GraceKeeper({ subscriptions, inbox, windows, works, audit, sync, follower, clock, alert }),
    usage: new UsageReporter({ windows, provider, clock, alert }),
    returns: new BillingReturn(book, provider),
    ...{ payLinks: services.payLinks, mail: notifications.mail },
  });
  return { kinds, schedules: BILLING_SCHEDULES };
}
