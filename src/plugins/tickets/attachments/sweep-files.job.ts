import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { JobDeclaration, JobHandler, JobTry } from '#kernel/jobs/job-handler.js';
import type { Schedule } from '#kernel/jobs/schedule.js';
import { Clock } from '#kernel/work/clock.js';
import { TenantObjects } from '#workspace/objects/tenant-objects.js';
import { FILES_PLACE, placeOf } from './file-place.js';
import { bornAt } from '#kernel/model/uuid.js';

const BATCH = 500;
/** Younger ones may still get their rows. */
const OLD_MS = 24 * 3_600_000;

interface AttachmentTables {
  ticket_attachment: { id: string };
}

/** Takes away objects that never got a row: a process ended between the one and the other. */
@Injectable()
export class SweepFiles implements JobHandler {
  static readonly job: JobDeclaration = {
    name: 'tickets.sweep-files',
    order: 'none',
    permission: 'platform',
    transaction: 'own',
    timeoutMs: 600_000,
  };

  readonly #clock = new Clock();

  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly objects: TenantObjects,
  ) {}

  async handle(_payload: object, { signal }: Pick<JobTry, 'signal'>): Promise<void> {
    const seen: [string, string][] = [];
    for await (const { path } of this.objects.list(FILES_PLACE)) {
      const [, ticketId, id] = path;
      if (signal.aborted) return;
      if (ticketId !== undefined && id !== undefined && this.#clock.now().getTime() - bornAt(id).getTime() > OLD_MS)
        seen.push([ticketId, id]);
      if (seen.length >= BATCH) await this.#sweep(seen.splice(0));
    }
    await this.#sweep(seen);
  }

  async #sweep(files: readonly [ticketId: string, id: string][]): Promise<void> {
    if (files.length === 0) return;
    const kept = await this.contexts
      .reads<AttachmentTables>()
      .selectFrom('ticket_attachment')
      .select('id')
      .where(
        'id',
        'in',
        files.map(([, id]) => id),
      )
      .execute();
    const known = new Set(kept.map(({ id }) => id));
    for (const [ticketId, id] of files) if (!known.has(id)) await this.objects.delete(placeOf(ticketId, id));
  }
}

export const SWEEP_FILES_DAILY: Schedule = { name: 'tickets.sweep-files', handler: SweepFiles, every: { dayAt: { hour: 3, minute: 10 } } };
