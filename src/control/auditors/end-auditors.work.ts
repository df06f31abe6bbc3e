import type { WorkPlan } from '#catalog/work/work-book.js';
import type { AuditorDesk } from '#control/auditors/auditor-desk.js';
import type { PlatformSchedule } from '#control/work/platform-schedule.js';
import type { WorkKind } from '#control/work/work-kind.js';

const AGAIN_AFTER_AT_MOST_MS = 300_000;

/** What is due when the time of one auditor is over. */
export const REVOKE_AUDITOR = { name: 'lifecycle.revoke-auditor', steps: [{ name: 'end-login' }] } as const satisfies WorkPlan;
const END_AUDITORS = { name: 'lifecycle.end-auditors', steps: [{ name: 'end-logins' }] } as const satisfies WorkPlan;

/** Ends one login on the dot. A database that is away is asked again for days; until then the login is refused by the database itself. */
export function revokeAuditor(desk: AuditorDesk): WorkKind<{ auditorId: string }> {
  return {
    ...REVOKE_AUDITOR,
    steps: [{ name: 'end-login', run: ({ auditorId }) => desk.expire(auditorId) }],
    attempts: 1_000,
    againAfterMs: (failures) => Math.min(2_000 * 2 ** Math.min(failures, 10), AGAIN_AFTER_AT_MOST_MS),
  };
}

/** Ends whatever is left of those whose time is over. */
export function endAuditors(desk: AuditorDesk): WorkKind {
  return { ...END_AUDITORS, steps: [{ name: 'end-logins', run: () => desk.expireAll() }], attempts: 2 };
}

export const END_AUDITORS_DAILY: PlatformSchedule = {
  name: END_AUDITORS.name,
  kind: END_AUDITORS,
  every: { dayAt: { hour: 3, minute: 40 } },
};
