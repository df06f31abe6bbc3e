import { Readable } from 'node:stream';
import { Controller, Get, Query, StreamableFile } from '@nestjs/common';
import { Door } from '#kernel/plugin/door.js';
import { AuditExport } from '#workspace/audit/audit-export.js';
import { AuditInspection } from '#workspace/audit/audit-inspection.js';
import { AuditLog } from '#workspace/audit/audit-log.js';
import { AUDIT_PERMISSIONS } from '#workspace/audit/audit.permissions.js';
import { AuditEventPage, AuditVerdictView, ListAuditEvents, VerifyAudit } from '#workspace/audit/audit.schemas.js';

@Controller('/api/audit')
export class AuditController {
  constructor(
    private readonly log: AuditLog,
    private readonly inspection: AuditInspection,
    private readonly exports: AuditExport,
  ) {}

  @Get('events')
  @Door({
    summary: 'List what was done, newest first',
    permission: AUDIT_PERMISSIONS.read,
    answers: { 200: AuditEventPage },
    refuses: ['cursor.invalid'],
  })
  list(@Query({ schema: ListAuditEvents }) query: ListAuditEvents): Promise<AuditEventPage> {
    return this.log.list(query);
  }

  @Get('verify')
  @Door({
    summary: 'Look through the record for changes, at most 200,000 events at once; nextSeq is where to go on',
    permission: AUDIT_PERMISSIONS.read,
    answers: { 200: AuditVerdictView },
  })
  verify(@Query({ schema: VerifyAudit }) query: VerifyAudit): Promise<AuditVerdictView> {
    return this.inspection.verify(query);
  }

  @Get('export')
  @Door({
    summary: 'Take the whole record away: a line of JSON for each event, a signed manifest as the last line',
    permission: AUDIT_PERMISSIONS.export,
    answers: { 200: null },
  })
  async export(): Promise<StreamableFile> {
    return new StreamableFile(Readable.from(await this.exports.start()), {
      type: 'application/x-ndjson',
      disposition: 'attachment; filename="audit.ndjson"',
    });
  }
}
