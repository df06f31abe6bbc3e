import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { fingerprintOf } from '#kernel/idempotency/fingerprint.js';
import { IdempotencyGate, type KeptAnswer } from '#kernel/idempotency/idempotency-gate.js';
import { idempotencyKeyOf } from '#kernel/idempotency/idempotency-key.js';
import { DOOR_METADATA, type DoorDescription } from '#kernel/plugin/door.js';
import { pathOf } from '#main/http/request-path.js';

const KEPT_HEADERS = ['location', 'etag'];

/** Holds every door that makes something to its Idempotency-Key, and others that take one when it is sent: the same request again gets the first answer again, and nothing is done twice. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly gate: IdempotencyGate,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const door = this.reflector.get<DoorDescription | undefined>(DOOR_METADATA, context.getHandler());
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const isOnce = door?.isCreation ?? (door?.isRepeatable && request.headers['idempotency-key'] !== undefined);
    // What belongs to no tenant is held to its key by its own door.
    return isOnce && request.resolution ? from(this.#once(request, http.getResponse<FastifyReply>(), next)) : next.handle();
  }

  async #once(request: FastifyRequest, reply: FastifyReply, next: CallHandler): Promise<unknown> {
    const key = idempotencyKeyOf(request.headers['idempotency-key']);
    const principal = request.resolution?.principal;
    const answer = await this.gate.once(
      {
        principal: principal ? `${principal.kind}:${principal.id}` : 'nobody',
        route: `${request.method} ${request.routeOptions.url ?? ''}`,
        key,
        fingerprint: fingerprintOf(request.method, pathOf(request.raw.url), request.body),
      },
      async () => answerOf(await lastValueFrom(next.handle()), reply),
    );
    void reply.code(answer.status).headers(answer.headers);
    if (answer.isReplay) void reply.header('idempotent-replayed', 'true');
    return answer.body === '' ? undefined : (JSON.parse(answer.body) as unknown);
  }
}

/** What the handler has answered so far: Nest sets the status before it runs. */
function answerOf(value: unknown, reply: FastifyReply): KeptAnswer {
  const headers = KEPT_HEADERS.flatMap((name) => {
    const header = reply.getHeader(name);
    return header === undefined ? [] : [[name, String(header)]];
  });
  return {
    status: reply.statusCode,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: value === undefined ? '' : JSON.stringify(value),
  };
}
