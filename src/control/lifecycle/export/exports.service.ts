import { randomUUIDv7 } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { EXPORT_PLACE, placeOfExport } from '#control/lifecycle/export/export-place.js';
import { ExportNotFoundError } from '#control/lifecycle/export/export.errors.js';
import type { ExportView } from '#control/lifecycle/export/export.schemas.js';
import { ExportTenant } from '#control/lifecycle/export/export-tenant.job.js';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { Outbox } from '#kernel/outbox/outbox.js';
import type { OutboxTables } from '#kernel/outbox/outbox-table.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import { TenantObjects } from '#workspace/objects/tenant-objects.js';

/** Exports of the tenant in scope; each is there for seven days. What is asked and what is taken is on record. */
@Injectable()
export class ExportsService {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly outbox: Outbox,
    private readonly objects: TenantObjects,
    private readonly audit: AuditTrail,
  ) {}

  /** Has one made by a worker. */
  async ask(): Promise<ExportView> {
    const id = randomUUIDv7();
    await this.contexts.transaction(async () => {
      this.outbox.enqueue(ExportTenant, { exportId: id }, { dedupe: id });
      this.audit.record({ action: 'lifecycle.export-asked', targets: [], details: { exportId: id } });
    });
    return { id, state: 'pending', size: null, url: null };
  }

  /** Raises ExportNotFoundError, also for one that was taken away again. */
  async get(id: string): Promise<ExportView> {
    const size = await this.#sizeOf(id);
    if (size !== null) return { id, state: 'ready', size, url: `/api/exports/${id}/content` };
    const job = await this.contexts
      .reads<OutboxTables>()
      .selectFrom('tenancy.outbox')
      .select('state')
      .where('name', '=', ExportTenant.job.name)
      .where('dedupe', '=', id)
      .executeTakeFirst();
    if (!job || job.state === 'done') throw new ExportNotFoundError(id);
    return { id, state: job.state === 'dead' ? 'failed' : 'pending', size: null, url: null };
  }

  /** Raises ExportNotFoundError. The body must be read or destroyed. */
  async open(id: string): Promise<{ readonly body: Readable; readonly size: number }> {
    if ((await this.#sizeOf(id)) === null) throw new ExportNotFoundError(id);
    await this.audit.recordAlone({ action: 'lifecycle.export-read', targets: [], details: { exportId: id } });
    return this.objects.get(placeOfExport(id));
  }

  async #sizeOf(id: string): Promise<number | null> {
    for await (const { path, size } of this.objects.list([EXPORT_PLACE])) if (path[1] === id) return size;
    return null;
  }
}
