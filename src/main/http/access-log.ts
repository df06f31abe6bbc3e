import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { traceIdOf } from '#kernel/work/trace-parent.js';
import type { HttpMetrics } from '#main/http/http-metrics.js';

/** One line and one count for each answer. Never headers, bodies or queries: the route's pattern stands for its path. */
export function logAccess(instance: FastifyInstance, log: Logger, metrics: HttpMetrics): void {
  instance.addHook('onResponse', (request, reply, done) => {
    const { method, resolution, origin, problemCode, id } = request;
    const route = request.is404 ? null : (request.routeOptions.url ?? null);
    const milliseconds = Math.round(reply.elapsedTime * 10) / 10;
    metrics.count(method, route, reply.statusCode, reply.elapsedTime / 1000);
    const level = route?.startsWith('/health/') ? 'debug' : 'info';
    log[level](
      {
        method,
        route,
        status: reply.statusCode,
        ms: milliseconds,
        requestId: id,
        ...(resolution && { tenantId: resolution.tenant.id, principal: resolution.principal?.kind ?? 'nobody' }),
        ...(origin?.operator && { operator: origin.operator.id }),
        ...(origin && { traceId: traceIdOf(origin.traceParent) }),
        ...(problemCode && { code: problemCode }),
      },
      'request',
    );
    done();
  });
}
