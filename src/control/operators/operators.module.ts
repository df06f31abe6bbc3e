import { Module } from '@nestjs/common';
import { PlatformAuditController } from '#control/operators/platform-audit.controller.js';
import { PlatformJobsController } from '#control/operators/platform-jobs.controller.js';

@Module({ controllers: [PlatformAuditController, PlatformJobsController] })
export class OperatorsModule {}
