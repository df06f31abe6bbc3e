import { MakeTenant } from '#control/onboarding/onboarding.schemas.js';

describe('what an operator says who has a tenant made', () => {
  const says = (more: object) =>
    MakeTenant.safeParse({ companyName: 'Acme', adminEmail: 'ann@acme.test', plan: 'enterprise', region: 'eu-west', ...more });

  it('has no trial that is over', () => {
    expect(says({ trialEndsAt: new Date(Date.now() + 60_000).toISOString() }).success).toBe(true);
    for (const at of ['2001-01-01T00:00:00Z', new Date(Date.now() - 1).toISOString()])
      expect(says({ trialEndsAt: at }).error?.issues).toMatchObject([{ path: ['trialEndsAt'], message: 'is over' }]);
  });
});
