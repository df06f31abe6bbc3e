import type { ExecutionContext } from '@nestjs/common';
import type { RouteKind } from '#kernel/plugin/route-kind.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { ScopeGuard } from '#main/http/scope.guard.js';

const acme = { id: 'acme' } as Tenant;
const globex = { id: 'globex' } as Tenant;

describe('ScopeGuard', () => {
  const guard = new ScopeGuard();
  const pass = (kind: RouteKind | undefined, resolution: unknown): boolean => {
    const request = { resolution, routeOptions: { url: '/x', config: kind && { tenantry: { kind } } } };
    return guard.canActivate({ switchToHttp: () => ({ getRequest: () => request }) } as unknown as ExecutionContext);
  };
  const mine = { tenant: acme, principal: { kind: 'machine', id: 'k', tenantId: 'acme' } };

  it('lets a tenant’s route run in the scope of its tenant', () => {
    expect(TenantScope.run(acme, () => pass(undefined, mine))).toBe(true);
  });

  it.each<[string, () => boolean]>([
    ['no scope is open', () => pass(undefined, mine)],
    ['nobody was resolved', () => TenantScope.run(acme, () => pass(undefined, null))],
    ['another tenant is in scope', () => TenantScope.run(globex, () => pass(undefined, mine))],
    [
      'the principal is another tenant’s',
      () => TenantScope.run(acme, () => pass('tenant', { tenant: acme, principal: { tenantId: 'globex' } })),
    ],
  ])('stops it when %s', (_why, attempt) => {
    expect(attempt).toThrow(expect.objectContaining({ code: 'http.scope-missing' }));
  });

  it.each<RouteKind>(['platform', 'operators', 'any-host'])('has nothing to say about a route of kind %s', (kind) =>
    expect(pass(kind, null)).toBe(true),
  );
});
