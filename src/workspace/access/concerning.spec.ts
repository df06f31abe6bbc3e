import fc from 'fast-check';
import { permission } from '#kernel/plugin/permission.js';
import { concerning, type HeldOverride } from '#workspace/access/concerning.js';
import { decide } from '#workspace/access/decision.js';
import { RoleGraph } from '#workspace/access/role-graph.js';

const PERMISSIONS = [permission('things:read', 'viewer'), permission('things:delete', 'admin'), permission('things:close', 'owner')];
const KEYS = ['viewer', 'member', 'admin', 'owner', 'lead'] as const;
const NOW = 1_000;

const graph = new RoleGraph([{ key: 'lead', parents: ['member'], permissions: ['things:delete'] }]);
const overrides = fc.array(
  fc.record<HeldOverride>({
    holder: fc.constantFrom('role', 'member', 'machine'),
    holderId: fc.constantFrom(...KEYS),
    permission: fc.constantFrom(...PERMISSIONS.map(({ name }) => name)),
    effect: fc.constantFrom('allow', 'deny'),
    kind: fc.constantFrom('thing', null),
    id: fc.constant(null),
    expiresAt: fc.constantFrom(null, NOW, NOW + 1),
  }),
  { maxLength: 8 },
);
const roles = fc.subarray([...KEYS], { minLength: 1 });

function mayAll(held: readonly HeldOverride[], of: readonly string[]): boolean[] {
  const { rank, granted, ...sum } = graph.sum(of);
  const found = concerning(held, { ...sum, rank, granted, isOwner: of.includes('owner') });
  const session = { authenticatedAt: NOW, endsAt: NOW + 1 };
  const standing = { kind: 'member' as const, isActive: true, session, rank, granted, overrides: found, keyPermissions: null };
  const given = {
    status: 'active' as const,
    access: 'full' as const,
    features: new Set<string>(),
    planWith: () => undefined,
    isPresent: true,
    now: NOW,
  };
  return PERMISSIONS.map((asked) => decide(standing, { permission: asked, kind: 'thing' }, given).allow);
}

describe('overrides that concern somebody', () => {
  it('refuse an owner nothing, whatever else they are and whomever it was refused to', () => {
    fc.assert(
      fc.property(overrides, roles, (held, others) => {
        const people = held.filter(({ holder }) => holder !== 'machine');
        expect(mayAll(people, [...others, 'owner'])).toEqual(PERMISSIONS.map(() => true));
      }),
      { numRuns: 1_000 },
    );
  });

  it('refuse a machine of an owner what was refused to the machine', () => {
    fc.assert(
      fc.property(overrides, roles, (held, others) => {
        const machines = held.filter(({ holder, effect }) => holder === 'machine' && effect === 'deny');
        const { rank, granted, roles: all } = graph.sum([...others, 'owner']);
        expect(concerning(machines, { rank, granted, roles: all, isOwner: true })).toEqual(machines);
      }),
    );
  });

  it('refuse everybody else what was refused to them or to a role of theirs, and to no other', () => {
    fc.assert(
      fc.property(overrides, roles, (held, of) => {
        const { rank, granted, roles: all } = graph.sum(of);
        const denied = concerning(held, { rank, granted, roles: all, isOwner: false }).filter(({ effect }) => effect === 'deny');
        expect(denied).toEqual(
          held.filter(({ holder, holderId, effect }) => effect === 'deny' && (holder !== 'role' || all.has(holderId))),
        );
      }),
    );
  });
});
