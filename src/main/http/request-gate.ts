import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { routeKindOf } from '#kernel/plugin/route-kind.js';
import { readCredential } from '#kernel/resolution/credential.js';
import type { Host, HostGrammar } from '#kernel/resolution/host-grammar.js';
import { HostInvalidError, HostUnknownError } from '#kernel/resolution/host.errors.js';
import type { Claim, TenantResolver } from '#kernel/resolution/tenant-resolver.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { RouteUnknownError } from '#main/http/http.errors.js';
import type { OperatorToken } from '#main/http/operator-token.js';
import { readRequestHead, type RequestHead } from '#main/http/request-head.js';
import type { TrustedProxies } from '#main/http/trusted-proxies.js';

export interface RequestGateOptions {
  readonly grammar: HostGrammar;
  readonly resolver: TenantResolver;
  readonly operators: OperatorToken;
  readonly proxies: TrustedProxies;
}

/** Decides for every request, before its body is read, whose it is and whether it may go on; then runs it for that tenant. */
export class RequestGate {
  constructor(private readonly options: RequestGateOptions) {}

  guard(instance: FastifyInstance): void {
    instance.addHook('onRequest', (request) => this.#admit(request));
    // With a callback, because only what runs inside `run` is in scope: a promise would end the scope before the handler begins.
    instance.addHook('preHandler', (request: FastifyRequest, _reply: FastifyReply, done: () => void) => {
      if (request.resolution) TenantScope.run(request.resolution.tenant, done);
      else done();
    });
  }

  async #admit(request: FastifyRequest): Promise<void> {
    const head = readRequestHead(request.raw, this.options.proxies);
    const host = this.options.grammar.parse(head.host);
    if (host.kind === 'invalid') throw new HostInvalidError();
    if (request.is404) return;
    switch (routeKindOf(request.routeOptions.config)) {
      case 'any-host':
        return;
      case 'platform':
        requirePlatform(host, (name) => name !== 'admin');
        return;
      case 'operators':
        requirePlatform(host, (name) => name === 'admin');
        this.options.operators.require(head.authorization);
        return;
      case 'tenant':
        requireTenantHost(host);
        request.resolution = await this.options.resolver.resolve(claimOf(head, host));
    }
  }
}

function claimOf({ authorization, apiKey, tenantHeader }: RequestHead, host: Host): Claim {
  return { host, credential: readCredential(authorization, apiKey), tenantHeader };
}

function requirePlatform(host: Host, isRight: (name: string) => boolean): void {
  if (host.kind === 'foreign' || host.kind === 'unserved') throw new HostUnknownError();
  if (host.kind !== 'platform' || !isRight(host.name)) throw new RouteUnknownError();
}

/** Tenants are reached under their own hosts, and machines of every tenant under the machines' host. */
function requireTenantHost(host: Host): void {
  if (host.kind === 'platform' && host.name !== 'api') throw new RouteUnknownError();
}
