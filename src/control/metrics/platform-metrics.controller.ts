import { Controller, Get, Query } from '@nestjs/common';
import { PLATFORM_PERMISSIONS } from '#control/operators/rights/platform-permissions.js';
import { Door } from '#kernel/plugin/door.js';
import { PlatformRoute } from '#kernel/plugin/route-kind.js';
import { AskMetrics, MetricsView } from './metrics.schemas.js';
import { PlatformMetricsService } from './platform-metrics.service.js';

@Controller('/api/platform/metrics')
export class PlatformMetricsController {
  constructor(private readonly metrics: PlatformMetricsService) {}

  @Get()
  @PlatformRoute('operators', 'sums up every tenant')
  @Door({
    summary: 'How much of everything there is, with how fresh each figure is; live asks every active tenant and says who did not answer',
    permission: PLATFORM_PERMISSIONS.readMetrics,
    answers: { 200: MetricsView },
  })
  read(@Query({ schema: AskMetrics }) { live, timeoutMs }: AskMetrics): Promise<MetricsView> {
    return this.metrics.read(live === 'true' ? timeoutMs : null);
  }
}
