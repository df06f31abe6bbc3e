import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { routeKindOf } from '#kernel/plugin/route-kind.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { ScopeMissingError } from '#main/http/http.errors.js';

/** The last look before a controller: a tenant's route runs for its tenant or not at all, also when a hook is missing. */
export class ScopeGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { resolution, routeOptions } = context.switchToHttp().getRequest<FastifyRequest>();
    const kind = routeKindOf(routeOptions.config);
    if (kind !== 'tenant' && kind !== 'tenant-public') return true;
    const isOpen = resolution !== null && TenantScope.current()?.id === resolution.tenant.id;
    const isKnown = kind === 'tenant-public' || resolution?.principal?.tenantId === resolution?.tenant.id;
    if (!isOpen || !isKnown) throw new ScopeMissingError(String(routeOptions.url));
    return true;
  }
}
