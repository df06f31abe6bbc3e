import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { problemOf } from '#main/http/problem.js';
import { pathOf } from '#main/http/request-path.js';

/** Answers an error as a problem; what is our own fault is logged, with everything that the answer does not say. */
export function sendProblem(log: Logger, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { status, code, headers, body } = problemOf(error, { path: pathOf(request.raw.url), requestId: request.id });
  if (code === 'internal') log.error({ err: error, requestId: request.id, route: request.routeOptions.url }, 'internal error');
  request.problemCode = code;
  if (reply.sent || reply.raw.headersSent) return;
  void reply.code(status).headers(headers).send(body);
}
