import { Module } from '@nestjs/common';
import { CountTenant } from './count-tenant.job.js';
import { PlatformMetricsController } from './platform-metrics.controller.js';
import { PlatformMetricsService } from './platform-metrics.service.js';

@Module({ controllers: [PlatformMetricsController], providers: [CountTenant, PlatformMetricsService] })
export class MetricsModule {}
