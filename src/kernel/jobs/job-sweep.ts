import type { JobDispatcher } from '#kernel/jobs/job-dispatcher.js';
import { failureText } from '#kernel/jobs/job-failure.js';
import type { JobLog } from '#kernel/jobs/job-log.js';
import type { WorkOverseer } from '#kernel/jobs/work-overseer.js';
import type { TenantRoll } from '#kernel/tenancy/tenant-roll.js';

/** In how many sweeps every tenant with a database of its own was looked at once. */
const ROUND = 6;
const AT_ONCE = 4;

export interface JobSweepParts {
  readonly overseer: WorkOverseer;
  readonly roll: Pick<TenantRoll, 'activeApart'>;
  readonly dispatcher: JobDispatcher;
  readonly log: JobLog;
  readonly everyMs: number;
  readonly againAfterMs: number;
}

/**
 * Looks for work that nobody rang for: in the shared databases at every sweep, in each database of a tenant's own once in six, spread over
 * them, because each such look may open a connection.
 */
export class JobSweep {
  #timer: NodeJS.Timeout | undefined;
  #underWay: Promise<void> | undefined;
  #turn = 0;

  constructor(private readonly parts: JobSweepParts) {}

  start(): void {
    const tick = (): void => {
      this.#underWay ??= this.sweep().finally(() => (this.#underWay = undefined));
    };
    this.#timer = setInterval(tick, this.parts.everyMs);
    tick();
  }

  /** Never raises; what is out of reach now is looked at again. */
  async sweep(): Promise<void> {
    const turn = this.#turn++ % ROUND;
    const found = await Promise.allSettled([this.parts.overseer.tenantsWithWork(this.parts.againAfterMs), this.#apart(turn)]);
    const tenants: string[] = [];
    for (const part of found) {
      if (part.status === 'fulfilled') tenants.push(...part.value);
      else this.parts.log.warn({ reason: failureText(part.reason) }, 'a sweep for lost work was not whole');
    }
    const worker = async (): Promise<void> => {
      for (let next = tenants.pop(); next; next = tenants.pop()) await this.parts.dispatcher.dispatch(next);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#underWay;
  }

  /** Those of this turn that no overseer sees; at the first sweep of a process all of them, because it may be the first for a while. */
  async #apart(turn: number): Promise<string[]> {
    const apart = await this.parts.roll.activeApart();
    return this.#turn === 1 ? [...apart] : apart.filter((_, index) => index % ROUND === turn);
  }
}
