import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AppError } from '#kernel/errors/app-error.js';
import type { TenantClosings } from '#kernel/tenancy/tenant-closings.js';
import { TenantMovingError } from '#kernel/tenancy/tenant.errors.js';
import { problemOf } from '#main/http/problem.js';
import { pathOf } from '#main/http/request-path.js';

/** What ends by itself, because its next statement is refused, is left this long to say why, in milliseconds. */
const GRACE_MS = 250;
/** Who does not take the answer is left after this, in milliseconds. */
const ANSWERED_WITHIN_MS = 500;

/**
 * Ends the requests of a tenant that is closed while they are under way: a body that is still being sent, a file or an export that is still
 * being read. Who was not answered yet is told why; an answer that has begun breaks off, so that nobody takes a part for the whole.
 */
export function cutRequestsOfClosedTenants(instance: FastifyInstance, closings: Pick<TenantClosings, 'hold'>): void {
  instance.addHook('onRequest', (request, reply, done) => {
    if (request.resolution) holdFor(request, reply, closings);
    done();
  });
}

function holdFor(request: FastifyRequest, reply: FastifyReply, closings: Pick<TenantClosings, 'hold'>): void {
  const { resolution, raw } = request;
  if (!resolution) return;
  let timer: NodeJS.Timeout | undefined;
  const letGo = closings.hold(resolution.tenant, (why) => {
    // A move lets what is under way end where it began.
    if (why instanceof TenantMovingError) return;
    timer ??= setTimeout(() => end(request, reply, why), GRACE_MS).unref();
  });
  const done = (): void => {
    clearTimeout(timer);
    letGo();
  };
  reply.raw.once('close', done);
  raw.once('aborted', done);
}

function end(request: FastifyRequest, reply: FastifyReply, why: AppError): void {
  const { raw } = reply;
  if (raw.headersSent) {
    raw.destroy();
    return;
  }
  const problem = problemOf(why, { path: pathOf(request.raw.url), requestId: request.id });
  request.problemCode = problem.code;
  // What its handler still wants to say is not said any more.
  reply.hijack();
  // A body that is still being sent is not waited for: the connection ends with the answer.
  for (const [name, value] of Object.entries({ ...reply.getHeaders(), ...problem.headers, connection: 'close' }))
    if (value !== undefined) raw.setHeader(name, value);
  raw.statusCode = problem.status;
  raw.end(problem.body);
  // Once it is answered, nobody tells whoever reads the body that the rest will not come.
  const abandon = (): void => void request.raw.destroy();
  const timer = setTimeout(abandon, ANSWERED_WITHIN_MS).unref();
  request.raw.socket.once('close', () => {
    clearTimeout(timer);
    abandon();
  });
}
