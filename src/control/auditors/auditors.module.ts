import { Module } from '@nestjs/common';
import { AuditorsController } from '#control/auditors/auditors.controller.js';

@Module({ controllers: [AuditorsController] })
export class AuditorsModule {}
