import type { FastifyInstance } from 'fastify';

/** Answers a read with 304 and no body when the caller already has the version it would get. */
export function answerConditionally(instance: FastifyInstance): void {
  instance.addHook('onSend', (request, reply, body, done) => {
    const known = request.headers['if-none-match'];
    const etag = reply.getHeader('etag');
    if (known === undefined || typeof etag !== 'string' || reply.statusCode !== 200 || !['GET', 'HEAD'].includes(request.method)) {
      done(null, body);
      return;
    }
    const isKnown = known.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
    if (isKnown) void reply.code(304).removeHeader('content-length').removeHeader('content-type');
    done(null, isKnown ? null : body);
  });
}
