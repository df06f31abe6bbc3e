import { entitled, type EntitlementOverride } from '#kernel/tenancy/entitlements.js';
import type { PlanTerms } from '#kernel/tenancy/plan-terms.js';

const rate = { limit: 1, windowSeconds: 1 };
const TERMS: PlanTerms = {
  ...{ isolation: 'row', jobWeight: 1, rates: { read: rate, write: rate, auth: rate }, price: null, trialDays: 0, isSelfService: true },
  limits: { customRoles: 0, attachmentsMb: 1, members: 5 },
  meters: { tickets: { included: 10, beyond: 'refuse' } },
  features: new Set(['custom-roles']),
};
const NOW = new Date('2026-06-01T00:00:00.000Z');
const agreed = (key: string, value: boolean | number, until: string | null = null): EntitlementOverride => ({ key, value, until });

describe('what a tenant may have', () => {
  it('is what its plan says when nothing else was agreed', () => expect(entitled(TERMS, [], NOW)).toBe(TERMS));

  it('is what was agreed, where something was', () => {
    const found = entitled(
      TERMS,
      [
        agreed('feature.audit-export', true),
        agreed('feature.custom-roles', false),
        agreed('limit.members', 9),
        agreed('meter.tickets', 20),
      ],
      NOW,
    );
    expect([...found.features]).toEqual(['audit-export']);
    expect(found).toMatchObject({ limits: { customRoles: 0, members: 9 }, meters: { tickets: { included: 20, beyond: 'refuse' } } });
    expect(TERMS).toMatchObject({ limits: { members: 5 }, meters: { tickets: { included: 10 } } });
  });

  it('is the plan again at the very instant at which what was agreed is over', () => {
    const until = NOW.toISOString();
    const [before, at] = [new Date(NOW.getTime() - 1), NOW].map((now) => entitled(TERMS, [agreed('limit.members', 9, until)], now));
    expect([before?.limits.members, at?.limits.members]).toEqual([9, 5]);
  });

  it.each([agreed('limit.unheard-of', 3), agreed('meter.unheard-of', 3), agreed('limit.members', true), agreed('feature.x', 1)])(
    'is not changed by %j',
    (override) => expect(entitled(TERMS, [override], NOW)).toEqual(TERMS),
  );
});
