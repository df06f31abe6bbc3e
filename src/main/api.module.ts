import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { HealthController } from '#main/http/health.controller.js';
import { HttpMetrics } from '#main/http/http-metrics.js';
import { MetricsController } from '#main/http/metrics.controller.js';
import { MetricsText } from '#main/http/metrics-text.js';
import { OpenApiController } from '#main/http/openapi.controller.js';
import { ProblemFilter } from '#main/http/problem.filter.js';
import type { ProblemLog } from '#main/http/problem-log.js';
import { Readiness } from '#main/http/readiness.js';
import { RouteList } from '#main/http/route-list.js';
import { SchemaPipe } from '#main/http/schema.pipe.js';
import { ScopeGuard } from '#main/http/scope.guard.js';
import type { Platform } from '#main/platform.js';
import { plugins } from '#main/plugins.js';

/** What of a platform the api is made of. */
export type ApiPlatform = Pick<Platform, 'config' | 'log' | 'directory' | 'contexts' | 'registry' | 'health'>;

/** The api's root: the plugins, and what every request passes on its way to them. */
@Module({})
export class ApiModule {
  static on(platform: ApiPlatform, problems: ProblemLog): DynamicModule {
    const { contexts, registry } = platform;
    const metrics = new HttpMetrics();
    return {
      module: ApiModule,
      global: true,
      imports: [DiscoveryModule, ...plugins.map((plugin) => plugin.module)],
      controllers: [HealthController, MetricsController, OpenApiController],
      providers: [
        RouteList,
        { provide: TenantContextFactory, useValue: contexts },
        { provide: HttpMetrics, useValue: metrics },
        { provide: MetricsText, useValue: new MetricsText(metrics, registry) },
        { provide: Readiness, useValue: new Readiness(platform) },
        { provide: APP_FILTER, useValue: new ProblemFilter(problems) },
        { provide: APP_GUARD, useValue: new ScopeGuard() },
        { provide: APP_PIPE, useValue: new SchemaPipe() },
      ],
      exports: [TenantContextFactory],
    };
  }
}
