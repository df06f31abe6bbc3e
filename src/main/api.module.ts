import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import { AccessDenials } from '#main/http/access-denials.js';
import { AccessGuard } from '#main/http/access.guard.js';
import { HealthController } from '#main/http/health.controller.js';
import { HttpMetrics } from '#main/http/http-metrics.js';
import { IdempotencyInterceptor } from '#main/http/idempotency.interceptor.js';
import { MetricsController } from '#main/http/metrics.controller.js';
import { MetricsText } from '#main/http/metrics-text.js';
import { OpenApiController } from '#main/http/openapi.controller.js';
import { OperatorDenials } from '#main/http/operator-denials.js';
import { OperatorGuard } from '#main/http/operator.guard.js';
import { ProblemFilter } from '#main/http/problem.filter.js';
import type { ProblemLog } from '#main/http/problem-log.js';
import { Readiness } from '#main/http/readiness.js';
import { RouteList } from '#main/http/route-list.js';
import { SchemaPipe } from '#main/http/schema.pipe.js';
import { ScopeGuard } from '#main/http/scope.guard.js';
import type { Platform } from '#main/platform.js';
import { ServicesModule } from '#main/services.module.js';

/** The api's root: the plugins, and what every request passes on its way to them. */
@Module({})
export class ApiModule {
  static on(platform: Platform, problems: ProblemLog): DynamicModule {
    const { registry } = platform;
    const metrics = new HttpMetrics();
    return {
      module: ApiModule,
      imports: [DiscoveryModule, ServicesModule.on(platform), ...platform.plugins.map(({ module }) => module)],
      controllers: [HealthController, MetricsController, OpenApiController],
      providers: [
        RouteList,
        { provide: AccessDenials, useValue: new AccessDenials(platform.audit, platform.log) },
        { provide: OperatorDenials, useValue: new OperatorDenials(platform.platformAudit, platform.log) },
        { provide: HttpMetrics, useValue: metrics },
        { provide: MetricsText, useValue: new MetricsText(metrics, registry) },
        { provide: Readiness, useValue: new Readiness(platform) },
        { provide: APP_FILTER, useValue: new ProblemFilter(problems) },
        { provide: APP_GUARD, useValue: new ScopeGuard() },
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_GUARD, useClass: OperatorGuard },
        { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
        { provide: APP_PIPE, useValue: new SchemaPipe() },
      ],
    };
  }
}
