import type { FastifyInstance } from 'fastify';
import type { Resolution } from '#kernel/resolution/tenant-resolver.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose request this is; null until it is resolved, and on routes of no tenant. */
    resolution: Resolution | null;
    /** The code of the problem it was answered with. */
    problemCode: string | null;
  }
}

/** Gives every request its places from the start, so that all requests have one shape. */
export function declareRequestState(instance: FastifyInstance): void {
  instance.decorateRequest('resolution', null);
  instance.decorateRequest('problemCode', null);
}
