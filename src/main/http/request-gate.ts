import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readsCookies, routeKindOf } from '#kernel/plugin/route-kind.js';
import { ForeignCredentialError } from '#kernel/resolution/access.errors.js';
import type { Host, HostGrammar } from '#kernel/resolution/host-grammar.js';
import { HostInvalidError, HostUnknownError } from '#kernel/resolution/host.errors.js';
import type { TenantResolver } from '#kernel/resolution/tenant-resolver.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import { presentedCredential } from '#main/http/credential-cookie.js';
import type { CsrfCheck } from '#main/http/csrf-check.js';
import type { ForeignCredentialRecord } from '#main/http/foreign-credential-record.js';
import { RouteUnknownError } from '#main/http/http.errors.js';
import type { OperatorGate } from '#main/http/operator-gate.js';
import { readRequestHead, type RequestHead } from '#main/http/request-head.js';
import { operatorOriginOf, originOf, withReason } from '#main/http/request-origin.js';
import type { TrustedProxies } from '#main/http/trusted-proxies.js';

export interface RequestGateOptions {
  readonly grammar: HostGrammar;
  readonly resolver: TenantResolver;
  readonly operators: OperatorGate;
  readonly proxies: TrustedProxies;
  readonly csrf: CsrfCheck;
  readonly foreign: ForeignCredentialRecord;
}

/** Decides for every request, before its body is read, whose it is and whether it may go on; then runs it for that tenant. */
export class RequestGate {
  constructor(private readonly options: RequestGateOptions) {}

  guard(instance: FastifyInstance): void {
    instance.addHook('onRequest', async (request) => {
      await this.#admit(request);
      if (request.resolution) request.origin = originOf(request, request.resolution);
    });
    // With a callback, because only what runs inside `run` is in scope: a promise would end the scope before the handler begins.
    instance.addHook('preHandler', (request: FastifyRequest, _reply: FastifyReply, done: () => void) => {
      const { resolution, origin } = request;
      if (resolution && origin) TenantScope.run(resolution.tenant, () => WorkOrigin.run(origin, done));
      else if (origin) WorkOrigin.run(withReason(origin, request.body), done);
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
        request.origin = operatorOriginOf(request, await this.options.operators.admit(request, head));
        return;
      case 'operators-public':
        requirePlatform(host, (name) => name === 'admin');
        this.options.csrf.ofPublicRoute(request, head.host, readsCookies(request.routeOptions.config));
        request.origin = operatorOriginOf(request, undefined);
        return;
      case 'tenant-public':
        requireTenantHost(host);
        this.options.csrf.ofPublicRoute(request, head.host, readsCookies(request.routeOptions.config));
        request.resolution = await this.options.resolver.resolvePublic(host);
        return;
      case 'tenant':
        requireTenantHost(host);
        await this.#resolve(request, head, host);
    }
  }

  async #resolve(request: FastifyRequest, head: RequestHead, host: Host): Promise<void> {
    const { resolver, csrf, foreign } = this.options;
    const { credential, viaCookie } = presentedCredential(head, host, request.headers.cookie);
    try {
      const resolution = await resolver.resolve({ host, credential, tenantHeader: head.tenantHeader });
      if (viaCookie) csrf.ofSession(request, head.host, resolution.principal);
      request.resolution = resolution;
    } catch (error) {
      if (error instanceof ForeignCredentialError) foreign.note(error, request);
      throw error;
    }
  }
}

function requirePlatform(host: Host, isRight: (name: string) => boolean): void {
  if (host.kind === 'foreign' || host.kind === 'unserved') throw new HostUnknownError();
  if (host.kind !== 'platform' || !isRight(host.name)) throw new RouteUnknownError();
}

/** Tenants are reached under their own hosts, and machines of every tenant under the machines' host. */
function requireTenantHost(host: Host): void {
  if (host.kind === 'platform' && host.name !== 'api') throw new RouteUnknownError();
}
