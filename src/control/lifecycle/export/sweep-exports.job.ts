import { Injectable } from '@nestjs/common';
import { EXPORT_PLACE, placeOfExport } from '#control/lifecycle/export/export-place.js';
import type { JobDeclaration, JobHandler, JobTry } from '#kernel/jobs/job-handler.js';
import type { Schedule } from '#kernel/jobs/schedule.js';
import { Clock } from '#kernel/work/clock.js';
import { TenantObjects } from '#workspace/objects/tenant-objects.js';
import { bornAt } from '#kernel/model/uuid.js';

const KEPT_MS = 7 * 86_400_000;

/** Takes exports away that were asked for more than seven days ago: they hold everything there is. */
@Injectable()
export class SweepExports implements JobHandler {
  static readonly job: JobDeclaration = { name: 'lifecycle.sweep-exports', order: 'none', permission: 'platform', transaction: 'own' };

  constructor(
    private readonly objects: TenantObjects,
    private readonly clock: Clock,
  ) {}

  async handle(_payload: object, { signal }: Pick<JobTry, 'signal'>): Promise<void> {
    const old: string[] = [];
    for await (const { path } of this.objects.list([EXPORT_PLACE])) {
      const id = path[1];
      if (id !== undefined && this.clock.now().getTime() - bornAt(id).getTime() > KEPT_MS) old.push(id);
    }
    for (const id of old) {
      signal.throwIfAborted();
      await this.objects.delete(placeOfExport(id));
    }
  }
}

export const SWEEP_EXPORTS_DAILY: Schedule = {
  name: 'lifecycle.sweep-exports',
  handler: SweepExports,
  every: { dayAt: { hour: 3, minute: 40 } },
};
