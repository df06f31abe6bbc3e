import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import { placeOfExport } from '#control/lifecycle/export/export-place.js';
import { EXPORT_PERMISSION } from '#control/lifecycle/export/export.permissions.js';
import { tarOf } from '#control/lifecycle/export/tar.js';
import { TenantExporter } from '#control/lifecycle/export/tenant-exporter.js';
import type { JobDeclaration, JobHandler, JobTry } from '#kernel/jobs/job-handler.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import { TenantObjects } from '#workspace/objects/tenant-objects.js';

/**
 * Makes an export that somebody asked for and puts it among the tenant's files, where it appears whole or not at all. After a crash it is made
 * anew, from another moment; the folder of the process that was killed stays with the machine's temporary files.
 */
@Injectable()
export class ExportTenant implements JobHandler<{ exportId: string }> {
  static readonly job: JobDeclaration = {
    name: 'lifecycle.export-tenant',
    order: 'none',
    permission: EXPORT_PERMISSION,
    transaction: 'own',
    attempts: 5,
    timeoutMs: 3_600_000,
  };

  constructor(
    private readonly exporter: TenantExporter,
    private readonly objects: TenantObjects,
    private readonly audit: AuditTrail,
  ) {}

  async handle({ exportId }: { exportId: string }, { signal }: Pick<JobTry, 'signal'>): Promise<void> {
    const { slug } = TenantScope.require('export a tenant');
    const folder = await mkdtemp(join(tmpdir(), 'tenantry-export-'));
    try {
      const { manifest } = await this.exporter.export(join(folder, 'export'), signal);
      const file = join(folder, 'export.tar');
      const tar = await tarOf(join(folder, 'export'), slug);
      await pipeline(tar.chunks(), createWriteStream(file, { mode: 0o600 }), { signal });
      await this.objects.put(placeOfExport(exportId), createReadStream(file), { size: tar.size, contentType: 'application/x-tar' });
      const details = { exportId, fingerprint: manifest.fingerprint };
      await this.audit.recordAlone({ action: 'lifecycle.exported', targets: [], details });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
