import { END_AUDITORS_DAILY, endAuditors, revokeAuditor } from '#control/auditors/end-auditors.work.js';
import { DueRetentions } from '#catalog/lifecycle/due-retentions.js';
import { AdminMails } from '#control/lifecycle/admin-mails.js';
import { eraseWork } from '#control/lifecycle/erasure/erase-work.js';
import { LIFECYCLE_PLANS } from '#control/lifecycle/lifecycle-plans.js';
import { FIND_DUE_HOURLY, lifecycleWorks } from '#control/lifecycle/lifecycle-works.js';
import type { PlatformSchedule } from '#control/work/platform-schedule.js';
import type { WorkKind } from '#control/work/work-kind.js';
import { trimWork, TRIM_WORK_DAILY } from '#control/work/trim-work.js';
import { openBillingWork } from '#main/billing-work.js';
import { openEraser } from '#main/open-eraser.js';
import type { Platform } from '#main/platform.js';
import type { Provisioning } from '#main/provisioning.js';

/** What the platform does outside of tenants, and when. */
export interface PlatformWork {
  readonly kinds: readonly WorkKind<never>[];
  readonly schedules: readonly PlatformSchedule[];
}

/** Every kind of work of the platform; the only list of them. */
export function openPlatformWork(platform: Platform, provisioning: Provisioning): PlatformWork {
  const { works, auditors } = platform;
  const billing = openBillingWork(platform, provisioning);
  return {
    kinds: [trimWork(works), revokeAuditor(auditors), endAuditors(auditors), ...livesOfTenants(platform, provisioning), ...billing.kinds],
    schedules: [TRIM_WORK_DAILY, END_AUDITORS_DAILY, FIND_DUE_HOURLY, ...billing.schedules],
  };
}

function livesOfTenants(platform: Platform, { clusters, tenants: registry }: Provisioning): readonly WorkKind<never>[] {
  const { works, catalog, lifecycle, lifecycleBook: book, notifications, members, billing } = platform;
  const { clock, address } = members;
  const erase = eraseWork(openEraser(platform, { clusters, billing, clock }));
  const due = new DueRetentions({ catalog, works, clock, erase, tellAdmin: LIFECYCLE_PLANS.tellAdmin });
  const mails = new AdminMails({ book, registry, sender: notifications.mail, address });
  return [erase, ...lifecycleWorks(lifecycle, due, mails)];
}
