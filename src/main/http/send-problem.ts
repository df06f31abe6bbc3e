import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from '#main/http/problem.js';
import type { ProblemLog } from '#main/http/problem-log.js';
import { pathOf } from '#main/http/request-path.js';

/** Answers an error as a problem; what the answer does not say is noted, where it is needed to find the fault. */
export function sendProblem(problems: ProblemLog, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf(error, { path: pathOf(request.raw.url), requestId: request.id });
  // Refusals of the framework's own come before any hook or place of ours.
  const tenantId = (request.resolution as FastifyRequest['resolution'] | undefined)?.tenant.id ?? null;
  problems.note(problem, error, { tenantId, route: request.routeOptions.url, requestId: request.id });
  request.problemCode = problem.code;
  if (reply.sent || reply.raw.headersSent) return;
  void reply.code(problem.status).headers(problem.headers).send(problem.body);
}
