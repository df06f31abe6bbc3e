import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ProblemLog } from '#main/http/problem-log.js';
import { sendProblem } from '#main/http/send-problem.js';

/** Answers whatever a guard, a pipe or a controller raises. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly problems: ProblemLog) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(this.problems, error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}
