import { Controller, Get, Header } from '@nestjs/common';
import { Door } from '#kernel/plugin/door.js';
import { PlatformRoute } from '#kernel/plugin/route-kind.js';
import { PLATFORM_PERMISSIONS } from '#control/operators/rights/platform-permissions.js';
import { METRICS_TYPE, MetricsText } from '#main/http/metrics-text.js';

@Controller('/metrics')
export class MetricsController {
  constructor(private readonly metrics: MetricsText) {}

  @Get()
  @Header('content-type', METRICS_TYPE)
  @PlatformRoute('operators', 'says how busy the platform is')
  @Door({ summary: 'Measurements of this process, for Prometheus', permission: PLATFORM_PERMISSIONS.readMetrics, answers: { 200: null } })
  read(): string {
    return this.metrics.read();
  }
}
