import type { Check, Finding } from '#control/doctor/check.js';
import type { WorkOverseer } from '#kernel/jobs/work-overseer.js';

const LATE_AFTER_MS = 5 * 60_000;
const AT_MOST = 200;

/** Jobs of tenants in shared databases that were laid aside or are late; their tenants' admins try them again. */
export class JobsCheck implements Check {
  readonly name = 'jobs';

  constructor(private readonly overseer: WorkOverseer) {}

  async look(): Promise<readonly Finding[]> {
    const { jobs, unseen } = await this.overseer.troubled({ lateAfterMs: LATE_AFTER_MS, atMost: AT_MOST });
    return [
      ...jobs.map(({ id, tenantId, name, state, error }) => ({
        subject: `job ${id} (${name} of ${tenantId})`,
        problem: `${state}${error === null ? '' : `: ${error}`}`,
        mend: null,
        mayBeYoung: false,
      })),
      ...unseen.map((cluster) => ({ subject: `cluster ${cluster}`, problem: 'could not be looked into', mend: null, mayBeYoung: false })),
    ];
  }
}
