import type { ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { DoorDescription } from '#kernel/plugin/door.js';
import { permission } from '#kernel/plugin/permission.js';
import type { RouteKind } from '#kernel/plugin/route-kind.js';
import type { AccessDenials } from '#main/http/access-denials.js';
import { AccessGuard } from '#main/http/access.guard.js';
import type { Access } from '#workspace/access/access.js';
import type { Decision } from '#workspace/access/decision.js';

const READ = permission('things:read', 'viewer');
const DOOR: DoorDescription = { summary: 'x', answers: {}, permission: READ };

describe('AccessGuard', () => {
  let asked: unknown[];
  let recorded: unknown[];
  let decision: Decision;

  beforeEach(() => {
    asked = [];
    recorded = [];
    decision = { allow: true, rule: 'role', reason: '' };
  });

  function pass(door: DoorDescription | undefined, request: { kind?: RouteKind; method?: string; id?: string } = {}): Promise<boolean> {
    const { kind = 'tenant', method = 'GET', id } = request;
    const guard = new AccessGuard(
      { get: () => door } as unknown as Reflector,
      { decide: async (...question: unknown[]) => (asked.push(question), decision) } as unknown as Access,
      { record: async (...denial: unknown[]) => void recorded.push(denial) } as unknown as AccessDenials,
    );
    const params = id === undefined ? {} : { id };
    const http = { method, params, routeOptions: { url: '/x', config: { tenantry: { kind } } } };
    return guard.canActivate({
      switchToHttp: () => ({ getRequest: () => http }),
      getHandler: () => undefined,
    } as unknown as ExecutionContext);
  }

  it.each([
    ['nothing', undefined],
    ['no permission', { summary: 'x', answers: {} }],
  ])('refuses a route of a tenant that declares %s', async (_what, door) => {
    await expect(pass(door)).rejects.toMatchObject({ code: 'access.undeclared' });
    expect(asked).toEqual([]);
  });

  it.each<RouteKind>(['tenant-public', 'platform', 'operators', 'any-host'])(
    'has nothing to say about a route of kind %s',
    async (kind) => {
      expect(await pass(undefined, { kind })).toBe(true);
      expect(asked).toEqual([]);
    },
  );

  it('asks about the thing that the address names', async () => {
    await pass({ ...DOOR, resource: 'thing' }, { method: 'DELETE', id: 'ID' });
    expect(asked).toEqual([[READ, { kind: 'thing', id: 'ID' }]]);
  });

  it('asks about any of the kind for a list, about none that is there for what makes one, and about no kind where none is said', async () => {
    await pass({ ...DOOR, resource: 'thing' });
    await pass({ ...DOOR, resource: 'thing' }, { method: 'POST' });
    await pass(DOOR, { id: 'ID' });
    expect(asked).toEqual([
      [READ, { kind: 'thing', id: undefined }],
      [READ, { kind: 'thing', id: '' }],
      [READ, undefined],
    ]);
  });

  it.each<[Partial<Decision>, object]>([
    [{ rule: 'session' }, { code: 'access.unauthenticated' }],
    [{ rule: 'membership' }, { code: 'access.unauthenticated' }],
    [
      { rule: 'default', reason: 'why' },
      { code: 'access.denied', message: 'why' },
    ],
    [{ rule: 'step-up', stepUp: true }, { code: 'access.step-up-required' }],
    [
      { rule: 'plan', requiredPlan: 'enterprise' },
      { code: 'access.plan-required', requiredPlan: 'enterprise' },
    ],
  ])('refuses %j as the error it is, and has it recorded', async (said, error) => {
    decision = { allow: false, rule: 'default', reason: 'x', ...said };
    await expect(pass(DOOR)).rejects.toMatchObject(error);
    expect(recorded).toEqual([[decision, READ, undefined]]);
  });
});
