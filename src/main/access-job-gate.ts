import type { JobGate } from '#kernel/jobs/job-gate.js';
import type { Permission } from '#kernel/plugin/permission.js';
import type { Access } from '#workspace/access/access.js';

/** Asks the one decision of the product, for whoever the job's origin names. */
export class AccessJobGate implements JobGate {
  constructor(private readonly access: Access) {}

  async refusal(permission: Permission): Promise<string | null> {
    const { allow, reason } = await this.access.decide(permission);
    return allow ? null : reason;
  }
}
