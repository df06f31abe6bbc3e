import type { FastifyRequest } from 'fastify';
import { reasonOf } from '#control/operators/reason.js';
import type { Principal } from '#kernel/resolution/principal.js';
import type { Resolution } from '#kernel/resolution/tenant-resolver.js';
import { traceParentOf } from '#kernel/work/trace-parent.js';
import type { OperatorOrigin, WorkOrigin } from '#kernel/work/work-origin.js';

/** What audit, jobs and logs are told of a request of a tenant. */
export function originOf(request: FastifyRequest, { principal }: Resolution): WorkOrigin {
  return originBy(request, principal);
}

/** The same of a request on the operators' host; nobody is known yet where somebody signs in. */
export function operatorOriginOf(request: FastifyRequest, operator: OperatorOrigin | undefined): WorkOrigin {
  return { ...originBy(request, null), operator };
}

/** With the reason that the body gives for what an operator does, now that the body was read. */
export function withReason(origin: WorkOrigin, body: unknown): WorkOrigin {
  return origin.operator ? { ...origin, operator: { ...origin.operator, reason: reasonOf(body) } } : origin;
}

function originBy({ id, ip, headers }: FastifyRequest, principal: Principal | null): WorkOrigin {
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
