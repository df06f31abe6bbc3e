import { Module } from '@nestjs/common';
import { AnchorAuditJob } from '#workspace/audit/anchor-audit.job.js';
import { AuditExport } from '#workspace/audit/audit-export.js';
import { AuditInspection } from '#workspace/audit/audit-inspection.js';
import { AuditLog } from '#workspace/audit/audit-log.js';
import { AuditSigner } from '#workspace/audit/audit-signer.js';
import { AuditController } from '#workspace/audit/audit.controller.js';

@Module({ controllers: [AuditController], providers: [AuditSigner, AuditLog, AuditInspection, AuditExport, AnchorAuditJob] })
export class AuditModule {}
