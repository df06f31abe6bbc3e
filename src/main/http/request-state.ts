import type { FastifyInstance } from 'fastify';
import type { Resolution } from '#kernel/resolution/tenant-resolver.js';
import type { WorkOrigin } from '#kernel/work/work-origin.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose request this is; null until it is resolved, and on routes of no tenant. */
    resolution: Resolution | null;
    /** What audit, jobs and logs are told of it; null until it is known who asks, and on routes of neither a tenant nor operators. */
    origin: WorkOrigin | null;
    /** The code of the problem it was answered with. */
    problemCode: string | null;
  }
}

/** Gives every request its places from the start, so that all requests have one shape. */
export function declareRequestState(instance: FastifyInstance): void {
  instance.decorateRequest('resolution', null);
  instance.decorateRequest('origin', null);
  instance.decorateRequest('problemCode', null);
}
