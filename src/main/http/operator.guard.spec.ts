import type { ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { DoorDescription } from '#kernel/plugin/door.js';
import { permission } from '#kernel/plugin/permission.js';
import { type OperatorRole, platformPermission } from '#kernel/plugin/platform-permission.js';
import type { RouteKind } from '#kernel/plugin/route-kind.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import type { OperatorDenials } from '#main/http/operator-denials.js';
import { OperatorGuard } from '#main/http/operator.guard.js';

const doorWith = (asked: DoorDescription['permission']): DoorDescription => ({
  summary: 'x',
  answers: {},
  ...(asked && { permission: asked }),
});
const READ = doorWith(platformPermission('platform.things:read', ['support']));

describe('OperatorGuard', () => {
  let denied: unknown[];
  beforeEach(() => (denied = []));

  function pass(door: DoorDescription | undefined, roles: OperatorRole[] | null, kind: RouteKind = 'operators'): Promise<boolean> {
    const guard = new OperatorGuard(
      { get: () => door } as unknown as Reflector,
      { record: async (...denial: unknown[]) => void denied.push(denial) } as unknown as OperatorDenials,
    );
    const http = { method: 'GET', routeOptions: { url: '/x', config: { tenantry: { kind } } } };
    const context = { switchToHttp: () => ({ getRequest: () => http }), getHandler: () => undefined } as unknown as ExecutionContext;
    const operator = roles === null ? undefined : { id: 'ID', name: 'Ada', roles };
    return WorkOrigin.run({ ...WorkOrigin.current(), operator }, () => guard.canActivate(context));
  }

  it.each([
    ['nothing', undefined],
    ['no permission', doorWith(undefined)],
    ['a permission of a tenant’s people', doorWith(permission('things:read', 'viewer'))],
  ])('refuses a route of operators that declares %s, to owners too', async (_what, door) => {
    await expect(pass(door, ['owner'])).rejects.toMatchObject({ code: 'access.undeclared' });
  });

  it('refuses when nobody is known, whatever the gate did', async () => {
    await expect(pass(READ, null)).rejects.toMatchObject({ code: 'access.unauthenticated' });
  });

  it('asks the roles, and tells of a refusal', async () => {
    expect([await pass(READ, ['support']), await pass(READ, ['owner']), await pass(READ, ['billing', 'support'])]).toEqual([
      true,
      true,
      true,
    ]);
    expect(denied).toEqual([]);
    for (const roles of [[], ['billing']] as OperatorRole[][])
      await expect(pass(READ, roles)).rejects.toMatchObject({ code: 'operators.denied' });
    expect(denied).toHaveLength(2);
  });

  it.each<RouteKind>(['tenant', 'tenant-public', 'platform', 'operators-public', 'any-host'])(
    'has nothing to say about a route of kind %s',
    async (kind) => {
      expect(await pass(undefined, null, kind)).toBe(true);
    },
  );
});
