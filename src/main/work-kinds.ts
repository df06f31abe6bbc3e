import { ERASE_TENANT, eraseTenant } from '#control/lifecycle/erasure/erase-tenant.work.js';
import { END_AUDITORS_DAILY, endAuditors, revokeAuditor } from '#control/auditors/end-auditors.work.js';
import { DueRetentions } from '#catalog/lifecycle/due-retentions.js';
import { MigrationRuns } from '#catalog/fleet/migration-runs.js';
import { AdminMails } from '#control/lifecycle/admin-mails.js';
import { LIFECYCLE_PLANS } from '#control/lifecycle/lifecycle-plans.js';
import { FIND_DUE_HOURLY, lifecycleWorks } from '#control/lifecycle/lifecycle-works.js';
import type { PlatformSchedule } from '#control/work/platform-schedule.js';
import type { WorkKind } from '#control/work/work-kind.js';
import { trimWork, TRIM_WORK_DAILY } from '#control/work/trim-work.js';
import { openBillingWork } from '#main/billing-work.js';
import { fleetWork } from '#main/fleet-work.js';
import { openEraser } from '#main/open-eraser.js';
import { onboardingWork } from '#main/onboarding.js';
import type { Platform } from '#main/platform.js';
import type { Provisioning } from '#main/provisioning.js';

/** What the platform does outside of tenants, and when. */
export interface PlatformWork {
  readonly kinds: readonly WorkKind<never>[];
  readonly schedules: readonly PlatformSchedule[];
}

/** Every kind of work of the platform; the only list of them. */
export function openPlatformWork(platform: Platform, provisioning: Provisioning): PlatformWork {
  const onboarding = onboardingWork(platform, provisioning);
  const billing = openBillingWork(platform, provisioning);
  const own = [
    trimWork([platform.works, new MigrationRuns(platform.catalog)]),
    ...auditorWorks(platform),
    fleetWork(platform, provisioning),
  ];
  return {
    kinds: [...own, ...onboarding.kinds, ...billing.kinds, ...livesOfTenants(platform, provisioning)],
    schedules: [TRIM_WORK_DAILY, END_AUDITORS_DAILY, FIND_DUE_HOURLY, ...onboarding.schedules, ...billing.schedules],
  };
}

function auditorWorks({ auditors }: Platform): readonly WorkKind<never>[] {
  return [revokeAuditor(auditors), endAuditors(auditors)];
}

function livesOfTenants(platform: Platform, { clusterBook, tenants: registry }: Provisioning): readonly WorkKind<never>[] {
  const { works, catalog, lifecycle, lifecycleBook: book, notifications, members } = platform;
  const { clock, address } = members;
  const due = new DueRetentions({ catalog, works, clock, erase: ERASE_TENANT, tellAdmin: LIFECYCLE_PLANS.tellAdmin });
  const mails = new AdminMails({ book, registry, sender: notifications.mail, address });
  return [eraseTenant(openEraser(platform, { clusterBook, clock })), ...lifecycleWorks(lifecycle, due, mails)];
}
