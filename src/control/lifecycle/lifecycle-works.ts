import type { DueRetentions } from '#catalog/lifecycle/due-retentions.js';
import type { AdminNotice } from '#catalog/lifecycle/lifecycle-book.js';
import type { AdminMails } from '#control/lifecycle/admin-mails.js';
import { LIFECYCLE_PLANS } from '#control/lifecycle/lifecycle-plans.js';
import type { TenantLifecycle } from '#control/lifecycle/tenant-lifecycle.js';
import type { PlatformSchedule } from '#control/work/platform-schedule.js';
import { hopelessOn, type WorkKind } from '#control/work/work-kind.js';
import { MailRefusedError } from '#workspace/notifications/mail-sender.js';

/** A fence that cannot be reached is tried for weeks, ten minutes apart in the end: nothing else mends it. */
const SEAL_ATTEMPTS = 3_000;
const FIND_DUE = { name: 'lifecycle.find-due', steps: [{ name: 'find' }] } as const;

/** What the platform does for the lives of tenants, beside the erasure. */
export function lifecycleWorks(lifecycle: TenantLifecycle, due: DueRetentions, mails: AdminMails): readonly WorkKind<never>[] {
  const seal: WorkKind<{ tenantId: string }> = {
    ...LIFECYCLE_PLANS.seal,
    attempts: SEAL_ATTEMPTS,
    steps: [{ name: 'seal', run: ({ tenantId }) => lifecycle.seal(tenantId) }],
  };
  const cancel: WorkKind<{ tenantId: string }> = {
    ...LIFECYCLE_PLANS.cancel,
    steps: [
      {
        name: 'cancel',
        run: async ({ tenantId }) => {
          await lifecycle.cancel(tenantId, { reason: 'its owner asked for it' });
        },
      },
    ],
  };
  const tellAdmin: WorkKind<AdminNotice> = {
    ...LIFECYCLE_PLANS.tellAdmin,
    steps: [
      {
        name: 'send',
        run: async (notice, { id }) => ({
          isSent: await hopelessOn(mails.send(notice, id), MailRefusedError),
        }),
      },
    ],
  };
  const findDue: WorkKind = { ...FIND_DUE, steps: [{ name: 'find', run: () => due.find() }] };
  return [seal, cancel, tellAdmin, findDue];
}

/** Every hour, so that what is due is begun within one. */
export const FIND_DUE_HOURLY: PlatformSchedule = { name: 'lifecycle.find-due', kind: FIND_DUE, every: { milliseconds: 3_600_000 } };
