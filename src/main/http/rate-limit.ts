import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RateLimitedError } from '#kernel/limits/limits.errors.js';
import { peerNetworkOf } from '#kernel/limits/peer-network.js';
import type { Rate, RateLimiter, RateVerdict } from '#kernel/limits/rate-limiter.js';
import { routeKindOf } from '#kernel/plugin/route-kind.js';
import type { Resolution } from '#kernel/resolution/tenant-resolver.js';
import type { PlanCatalogue, RouteClass } from '#kernel/tenancy/plan-terms.js';

const OPERATORS_AUTH: Rate = { limit: 60, windowSeconds: 60 };

export interface RateLimitOptions {
  readonly limiter: RateLimiter;
  readonly plans: PlanCatalogue;
}

/**
 * Counts every request of a tenant by its plan, for each principal and route class, before its body is read; where nobody is known yet, for
 * each peer network. Put it after the gate: a request that was not admitted is not counted.
 */
export class RateLimit {
  constructor(private readonly options: RateLimitOptions) {}

  guard(instance: FastifyInstance): void {
    instance.addHook('onRequest', (request, reply) => this.#count(request, reply));
  }

  async #count(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { resolution } = request;
    if (!resolution) return this.#countStranger(request, reply);
    const routeClass = routeClassOf(request);
    const rate = this.options.plans.of(resolution.tenant.plan).rates[routeClass];
    const verdict = await this.options.limiter.hit(keyOf(resolution, request.ip, routeClass), rate);
    tell(reply, routeClass, rate, verdict);
    if (!verdict.allowed) throw new RateLimitedError(verdict.resetSeconds);
  }

  /** Where operators sign in there is no plan, and each peer network has the same. */
  async #countStranger({ routeOptions, ip }: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (routeKindOf(routeOptions.config) !== 'operators-public') return;
    const verdict = await this.options.limiter.hit(`{operators}:auth:peer:${peerNetworkOf(ip)}`, OPERATORS_AUTH);
    tell(reply, 'auth', OPERATORS_AUTH, verdict);
    if (!verdict.allowed) throw new RateLimitedError(verdict.resetSeconds);
  }
}

/** As draft-ietf-httpapi-ratelimit-headers-10 spells them: the name of the policy is a quoted string. */
function tell(reply: FastifyReply, name: RouteClass, { limit, windowSeconds }: Rate, { remaining, resetSeconds }: RateVerdict): void {
  void reply.header('ratelimit-policy', `"${name}";q=${limit};w=${windowSeconds}`);
  void reply.header('ratelimit', `"${name}";r=${remaining};t=${resetSeconds}`);
}

function routeClassOf({ method, routeOptions }: FastifyRequest): RouteClass {
  if (routeOptions.url?.startsWith('/api/auth/')) return 'auth';
  return method === 'GET' || method === 'HEAD' ? 'read' : 'write';
}

/** The braces keep the keys of a tenant in one slot of a Redis Cluster. */
function keyOf({ tenant, principal }: Resolution, address: string, routeClass: RouteClass): string {
  const who = principal ? `${principal.kind}:${principal.id}` : `peer:${peerNetworkOf(address)}`;
  return `{${tenant.id}}:${routeClass}:${who}`;
}
