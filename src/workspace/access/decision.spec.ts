import fc from 'fast-check';
import { permission, SYSTEM_ROLES } from '#kernel/plugin/permission.js';
import { type Circumstances, decide, stepsTo } from '#workspace/access/decision.js';
import { RoleGraph } from '#workspace/access/role-graph.js';
import type { Standing, StandingOverride } from '#workspace/access/standing.js';

const NOW = 1_000_000_000;
const MINUTE = 60_000;
const READ = permission('things:read', 'viewer');
const DELETE = permission('things:delete', 'admin', { risk: 'high' });
const CLOSE = permission('things:close', 'owner', { stepUp: true });
const EXPORT = permission('things:export', 'viewer', { feature: 'export' });
const ONE = '01970000-0000-7000-8000-00000000000a';

const circumstances: Circumstances = {
  status: 'active',
  access: 'full',
  features: new Set(),
  planWith: (feature) => (feature === 'export' ? 'enterprise' : undefined),
  isPresent: true,
  now: NOW,
};

function standing(changes: Partial<Standing> = {}): Standing {
  return {
    kind: 'member',
    isActive: true,
    session: { authenticatedAt: NOW - MINUTE, endsAt: NOW + MINUTE },
    rank: SYSTEM_ROLES.indexOf('member'),
    granted: new Set(),
    overrides: [],
    keyPermissions: null,
    ...changes,
  };
}

function override(changes: Partial<StandingOverride> = {}): StandingOverride {
  return { holder: 'member', permission: DELETE.name, effect: 'allow', kind: 'thing', id: ONE, expiresAt: null, ...changes };
}

const owner = standing({ rank: 3 });
const machine = standing({ kind: 'machine', session: null, rank: 3, keyPermissions: [READ.name] });

describe('the decision', () => {
  it('lets a tenant that may only read go on reading, and do what is kept for it', () => {
    const readOnly = { ...circumstances, access: 'read-only' as const };
    expect(decide(standing(), { permission: READ }, readOnly)).toMatchObject({ allow: true, rule: 'role' });
    const pay = permission('billing:manage', 'admin', { whenReadOnly: true });
    expect(decide(owner, { permission: pay }, readOnly)).toMatchObject({ allow: true });
  });

  it.each([
    ['another status of the tenant', standing(), READ, { status: 'suspended' as const }, 'tenant-status'],
    ['a tenant that may only read', owner, DELETE, { access: 'read-only' as const }, 'read-only'],
    ['a member who is not active', standing({ isActive: false }), READ, {}, 'membership'],
    ['a session that was ended', standing({ session: null }), READ, {}, 'session'],
    ['a session that is over', standing({ session: { authenticatedAt: NOW, endsAt: NOW } }), READ, {}, 'session'],
    ['a plan without the feature', owner, EXPORT, { closed: 'off' }, 'plan'],
    ['a feature that is switched off', owner, EXPORT, { features: new Set(['export']), closed: 'off' }, 'feature'],
    [
      'a password given too long ago',
      standing({ rank: 3, session: { authenticatedAt: NOW - 5 * MINUTE - 1, endsAt: NOW + 1 } }),
      CLOSE,
      {},
      'step-up',
    ],
    ['a machine where a person is needed', standing({ ...machine, keyPermissions: null }), CLOSE, {}, 'step-up'],
    ['a key that was not made for it', machine, DELETE, {}, 'key'],
    ['a role that does not have it', standing(), DELETE, {}, 'default'],
    ['nobody in particular', standing({ rank: -1 }), READ, {}, 'default'],
  ] as const)('refuses because of %s', (_why, who, what, changes, rule) => {
    expect(decide(who, { permission: what }, { ...circumstances, ...changes })).toMatchObject({ allow: false, rule });
  });

  it.each([
    ['a role of the system', standing(), READ, {}, 'role'],
    ['a role of the tenant’s own', standing({ granted: new Set([DELETE.name]) }), DELETE, {}, 'role'],
    ['a plan with the feature', standing(), EXPORT, { features: new Set(['export']) }, 'role'],
    [
      'a password given five minutes ago',
      standing({ rank: 3, session: { authenticatedAt: NOW - 5 * MINUTE, endsAt: NOW + 1 } }),
      CLOSE,
      {},
      'role',
    ],
    ['a key that was made for it', machine, READ, {}, 'role'],
    ['what was asked for while signed in', standing({ session: null, rank: 3 }), CLOSE, { isPresent: false }, 'role'],
  ] as const)('allows because of %s', (_why, who, what, changes, rule) => {
    expect(decide(who, { permission: what }, { ...circumstances, ...changes })).toMatchObject({ allow: true, rule });
  });

  it('names the plan that would do, and that giving the password again would do', () => {
    expect(decide(owner, { permission: EXPORT }, circumstances).requiredPlan).toBe('enterprise');
    const tired = standing({ rank: 3, session: { authenticatedAt: 0, endsAt: NOW + 1 } });
    expect(decide(tired, { permission: CLOSE }, circumstances).stepUp).toBe(true);
    expect(decide({ ...machine, keyPermissions: null }, { permission: CLOSE }, circumstances).stepUp).toBeUndefined();
  });

  it('gives a right to one thing for that thing alone, however its id is written', () => {
    const who = standing({ overrides: [override()] });
    const asked = (id?: string, kind = 'thing'): string => decide(who, { permission: DELETE, kind, id }, circumstances).rule;
    expect([asked(ONE), asked(ONE.toUpperCase()), asked(ONE, 'other'), asked(''), asked()]).toEqual([
      ...['allow-on-resource', 'allow-on-resource', 'default', 'default'],
      // A list asks whether there is one at all.
      'allow-on-resource',
    ]);
    expect(decide(who, { permission: DELETE }, circumstances).rule).toBe('default');
  });

  it('takes a right to one thing away, however its id is written', () => {
    const who = standing({ rank: 2, overrides: [override({ effect: 'deny' })] });
    const asked = (id: string): string => decide(who, { permission: DELETE, kind: 'thing', id }, circumstances).rule;
    expect([asked(ONE), asked(ONE.toUpperCase()), asked('')]).toEqual(['deny-on-resource', 'deny-on-resource', 'role']);
  });

  it('lets a refusal of a whole kind meet a question that names none', () => {
    const who = standing({ rank: 3, overrides: [override({ effect: 'deny', id: null })] });
    expect(decide(who, { permission: DELETE }, circumstances).rule).toBe('deny-on-kind');
  });

  it('does not count an override at the moment it expires', () => {
    const at = (expiresAt: number): boolean =>
      decide(standing({ overrides: [override({ expiresAt })] }), { permission: DELETE, kind: 'thing', id: ONE }, circumstances).allow;
    expect([at(NOW - 1), at(NOW), at(NOW + 1)]).toEqual([false, false, true]);
  });

  it('widens a key by what was given to it, and never beyond who made it', () => {
    const widened = { ...machine, overrides: [override({ holder: 'machine' as const })] };
    const asked = (who: Standing): string => decide(who, { permission: DELETE, kind: 'thing', id: ONE }, circumstances).rule;
    expect([asked(widened), asked({ ...widened, rank: 1 })]).toEqual(['role', 'default']);
  });

  it('tells the rules that were asked, in their order', () => {
    const steps = stepsTo(decide(standing(), { permission: DELETE }, circumstances));
    expect(steps.map(({ rule }) => rule)).toEqual([
      ...['tenant-status', 'membership', 'session', 'read-only', 'plan', 'feature', 'step-up', 'deny-on-resource', 'deny-on-kind', 'key'],
      ...['allow-on-resource', 'allow-on-kind', 'role', 'default'],
    ]);
    expect(steps.map(({ outcome }) => outcome)).toEqual([...Array<string>(13).fill('passed'), 'refused']);
    expect(stepsTo(decide(standing(), { permission: READ }, circumstances)).at(-1)).toEqual({ rule: 'role', outcome: 'allowed' });
    expect(stepsTo({ allow: true, rule: 'platform', reason: '' })).toEqual([{ rule: 'platform', outcome: 'allowed' }]);
  });
});

describe('every decision', () => {
  const PERMISSIONS = [READ, DELETE, CLOSE, EXPORT];
  const kinds = fc.constantFrom('thing', 'other', null);
  const ids = fc.constantFrom(ONE, '01970000-0000-7000-8000-00000000000b', null);
  const overrides = fc
    .record({
      holder: fc.constantFrom('role', 'member', 'machine'),
      permission: fc.constantFrom(...PERMISSIONS.map(({ name }) => name)),
      effect: fc.constantFrom('allow', 'deny'),
      kind: kinds,
      id: ids,
      expiresAt: fc.constantFrom(null, NOW - 1, NOW, NOW + 1),
    })
    .map((found): StandingOverride => ({ ...found, id: found.kind === null ? null : found.id }));
  const standings = fc.record<Standing>({
    kind: fc.constantFrom('member', 'machine'),
    isActive: fc.boolean(),
    session: fc.option(fc.record({ authenticatedAt: fc.constantFrom(0, NOW), endsAt: fc.constantFrom(NOW, NOW + 1) })),
    rank: fc.integer({ min: -1, max: 3 }),
    granted: fc.subarray(PERMISSIONS.map(({ name }) => name as string)).map((names) => new Set(names)),
    overrides: fc.array(overrides, { maxLength: 5 }),
    keyPermissions: fc.option(fc.subarray(PERMISSIONS.map(({ name }) => name as string))),
  });
  const questions = fc
    .record({ permission: fc.constantFrom(...PERMISSIONS), kind: kinds, id: ids })
    .map(({ permission: asked, kind, id }) => ({ permission: asked, kind: kind ?? undefined, id: (kind && id) ?? undefined }));
  const situations = fc.record({
    status: fc.constantFrom('active', 'suspended'),
    features: fc.subarray(['export']).map((names) => new Set(names)),
    isPresent: fc.boolean(),
  });
  const hold = (
    holds: (
      who: Standing,
      question: { permission: typeof READ; kind?: string | undefined; id?: string | undefined },
      given: Circumstances,
    ) => boolean,
  ): void => {
    fc.assert(
      fc.property(standings, questions, situations, (who, asked, given) => holds(who, asked, { ...circumstances, ...given })),
      { numRuns: 2_000 },
    );
  };

  it('lets a refusal win over whatever allows the same or less', () => {
    hold((who, asked, given) => {
      const wide = { ...override({ effect: 'deny' }), permission: asked.permission.name, kind: asked.kind ?? null };
      const refused = [
        { ...wide, kind: null, id: null },
        { ...wide, id: null },
        ...(asked.id === undefined ? [] : [{ ...wide, id: asked.id }]),
      ];
      return refused.every((deny) => !decide({ ...who, overrides: [...who.overrides, deny] }, asked, given).allow);
    });
  });

  it('never takes anything away with a role that is added, unless that was refused to it', () => {
    hold((who, asked, given) => {
      const before = decide(who, asked, given);
      const more = { ...who, rank: Math.max(who.rank, 2), granted: new Set([...who.granted, DELETE.name]) };
      return !before.allow || decide(more, asked, given).allow;
    });
  });

  it('never allows a machine what it would not allow who made it, save that no session is needed', () => {
    hold((who, asked, given) => {
      const maker = { ...who, kind: 'member' as const, keyPermissions: null, session: { authenticatedAt: NOW, endsAt: NOW + 1 } };
      return !decide({ ...who, kind: 'machine', session: null }, asked, given).allow || decide(maker, asked, given).allow;
    });
  });

  it('is the same for a request, a job and a list of one, as long as the sign-in lives and the password was just given', () => {
    hold((who, asked, given) => {
      const fresh = { ...who, kind: 'member' as const, session: { authenticatedAt: NOW, endsAt: NOW + 1 } };
      const [one, other] = [true, false].map((isPresent) => decide(fresh, asked, { ...given, isPresent }));
      return one!.allow === other!.allow && one!.rule === other!.rule && one!.reason === other!.reason;
    });
  });
});

describe('roles of a tenant’s own', () => {
  const role = (
    key: string,
    parents: string[] = [],
    permissions: string[] = [],
  ): { key: string; parents: string[]; permissions: string[] } => ({
    key,
    parents,
    permissions,
  });
  const chain = (length: number): RoleGraph =>
    new RoleGraph(Array.from({ length }, (_, at) => role(`r${at}`, at + 1 < length ? [`r${at + 1}`] : ['viewer'])));

  it('come with everything their parents have', () => {
    const sum = new RoleGraph([role('lead', ['support'], ['a:b']), role('support', ['member'], ['c:d'])]).sum(['lead']);
    expect([...sum.roles].sort()).toEqual(['lead', 'member', 'support']);
    expect([...sum.granted].sort()).toEqual(['a:b', 'c:d']);
    expect(sum.rank).toBe(SYSTEM_ROLES.indexOf('member'));
  });

  it('add nothing once they are gone', () => {
    expect(new RoleGraph([]).sum(['gone'])).toMatchObject({ rank: -1, granted: new Set() });
  });

  it('may be five deep and not six', () => {
    expect(() => chain(5).requireSound()).not.toThrow();
    expect(() => chain(6).requireSound()).toThrow(expect.objectContaining({ code: 'access.role-too-deep' }));
  });

  it.each([
    ['itself', [role('a', ['a'])]],
    ['another that inherits from it', [role('a', ['b']), role('b', ['c']), role('c', ['a'])]],
  ])('cannot inherit from %s', (_what, roles) => {
    expect(() => new RoleGraph(roles).requireSound()).toThrow(expect.objectContaining({ code: 'access.role-cycle' }));
  });

  it('can only have parents that are there', () => {
    expect(() => new RoleGraph([role('a', ['gone'])]).requireSound()).toThrow(expect.objectContaining({ code: 'access.role-unknown' }));
  });

  it('only ever add (no role takes away)', () => {
    fc.assert(
      fc.property(fc.subarray(['a', 'b', 'viewer', 'admin']), fc.constantFrom('a', 'b', 'viewer', 'admin'), (roles, another) => {
        const graph = new RoleGraph([role('a', ['b'], ['x:y']), role('b', [], ['z:w'])]);
        const [before, after] = [graph.sum(roles), graph.sum([...roles, another])];
        return after.rank >= before.rank && before.granted.isSubsetOf(after.granted);
      }),
    );
  });
});
