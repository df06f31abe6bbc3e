import { Module } from '@nestjs/common';
import { ErasureController } from './erasure/erasure.controller.js';
import { ExportTenant } from './export/export-tenant.job.js';
import { ExportsController } from './export/exports.controller.js';
import { ExportsService } from './export/exports.service.js';
import { SweepExports } from './export/sweep-exports.job.js';
import { CancelTenant } from './cancel-tenant.job.js';

@Module({ controllers: [ErasureController, ExportsController], providers: [CancelTenant, ExportsService, ExportTenant, SweepExports] })
export class LifecycleModule {}
