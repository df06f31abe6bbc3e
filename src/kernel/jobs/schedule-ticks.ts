import type { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { failureText } from '#kernel/jobs/job-failure.js';
import type { JobLog } from '#kernel/jobs/job-log.js';
import { slotOf, type Schedule } from '#kernel/jobs/schedule.js';
import type { Outbox } from '#kernel/outbox/outbox.js';
import type { TenantRoll } from '#kernel/tenancy/tenant-roll.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

const AT_ONCE = 4;

export interface ScheduleTicksParts {
  readonly schedules: readonly Schedule[];
  readonly roll: Pick<TenantRoll, 'active'>;
  readonly contexts: TenantContextFactory;
  readonly outbox: Outbox;
  readonly log: JobLog;
}

/** Turns one slot of a schedule into one job for every active tenant; however often a slot is ticked, each tenant has it once. */
export class ScheduleTicks {
  constructor(private readonly parts: ScheduleTicksParts) {}

  /** Gives how many tenants could not be asked: whoever ticks does it again then. A schedule of another release is passed over. */
  async tick(name: string, at: Date): Promise<number> {
    const schedule = this.parts.schedules.find((known) => known.name === name);
    if (!schedule) return 0;
    const tenants = [...(await this.parts.roll.active())];
    let failed = 0;
    const worker = async (): Promise<void> => {
      for (let next = tenants.pop(); next; next = tenants.pop()) if (!(await this.#ask(next, schedule, at))) failed += 1;
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return failed;
  }

  async #ask(tenant: Tenant, { name, handler, every }: Schedule, at: Date): Promise<boolean> {
    const { contexts, outbox, log } = this.parts;
    try {
      const dedupe = `${name}@${String(slotOf(every, at))}`;
      await TenantScope.run(tenant, () => contexts.transaction(async () => outbox.enqueue(handler, {}, { dedupe })));
      return true;
    } catch (error) {
      log.warn({ tenant: tenant.id, schedule: name, reason: failureText(error) }, 'a tenant could not be asked for its scheduled job');
      return false;
    }
  }
}
