import type { FastifyRequest } from 'fastify';
import type { Resolution } from '#kernel/resolution/tenant-resolver.js';
import { traceParentOf } from '#kernel/work/trace-parent.js';
import type { WorkOrigin } from '#kernel/work/work-origin.js';

/** What audit, jobs and logs are told of a request. */
export function originOf(request: FastifyRequest, { principal }: Resolution): WorkOrigin {
  const { id, ip, headers } = request;
  return {
    surface: 'http',
    principal,
    requestId: id,
    traceParent: traceParentOf(headers.traceparent),
    ip,
    userAgent: headers['user-agent']?.slice(0, 300),
    host: headers.host,
  };
}
