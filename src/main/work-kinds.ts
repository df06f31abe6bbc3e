import { END_AUDITORS_DAILY, endAuditors, revokeAuditor } from '#control/auditors/end-auditors.work.js';
import type { PlatformSchedule } from '#control/work/platform-schedule.js';
import type { WorkKind } from '#control/work/work-kind.js';
import { trimWork, TRIM_WORK_DAILY } from '#control/work/trim-work.js';
import { openBillingWork } from '#main/billing-work.js';
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
    kinds: [trimWork(works), revokeAuditor(auditors), endAuditors(auditors), ...billing.kinds],
    schedules: [TRIM_WORK_DAILY, END_AUDITORS_DAILY, ...billing.schedules],
  };
}
