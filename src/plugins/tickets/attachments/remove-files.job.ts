import { Injectable } from '@nestjs/common';
import type { JobDeclaration, JobHandler } from '#kernel/jobs/job-handler.js';
import { TenantObjects } from '#workspace/objects/tenant-objects.js';
import { FILES_PLACE, placeOf } from './file-place.js';

export interface FilesToRemove {
  readonly ticketId: string;
  /** Without it all files of the ticket. */
  readonly attachmentId?: string;
}

/** Takes away objects whose rows are gone. It may run again: what is not there any more is no failure. */
@Injectable()
export class RemoveFiles implements JobHandler<FilesToRemove> {
  static readonly job: JobDeclaration = { name: 'tickets.remove-files', order: 'none', permission: 'platform', transaction: 'own' };

  constructor(private readonly objects: TenantObjects) {}

  async handle({ ticketId, attachmentId }: FilesToRemove): Promise<void> {
    if (attachmentId === undefined) await this.objects.deleteBelow([...FILES_PLACE, ticketId]);
    else await this.objects.delete(placeOf(ticketId, attachmentId));
  }
}
