import type { Server } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyHttpOptions, FastifyReply, FastifyRequest } from 'fastify';
import { clientErrorAnswer } from '#main/http/client-error-answer.js';
import { RouteUnknownError } from '#main/http/http.errors.js';
import type { ProblemLog } from '#main/http/problem-log.js';
import { SECURITY_HEADERS } from '#main/http/security-headers.js';
import { sendProblem } from '#main/http/send-problem.js';

/** Fastify under Nest, with every refusal of its own answered as a problem. */
export class ProblemAdapter extends FastifyAdapter {
  constructor(
    options: FastifyHttpOptions<Server>,
    private readonly problems: ProblemLog,
  ) {
    super({
      ...options,
      // Nest's middleware is not used: it would match paths a second time, in its own way.
      skipMiddie: true,
      clientErrorHandler: clientErrorAnswer,
      // No hook runs for these, so the headers that hooks set are set here.
      frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
        void reply.headers(SECURITY_HEADERS).header('x-request-id', request.id);
        sendProblem(problems, error, request, reply);
      },
    });
  }

  override setErrorHandler(): ReturnType<FastifyAdapter['setErrorHandler']> {
    return this.getInstance().setErrorHandler((error, request, reply) => sendProblem(this.problems, error, request, reply));
  }

  override setNotFoundHandler(): ReturnType<FastifyAdapter['setNotFoundHandler']> {
    return this.getInstance().setNotFoundHandler((request, reply) => sendProblem(this.problems, new RouteUnknownError(), request, reply));
  }
}
