import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlanCatalogue, PlanUnknownError } from '#kernel/tenancy/plan-terms.js';
import { ConfigError } from '#main/config.js';
import { readPlans } from '#main/plans.js';
import { projectFolder } from '#main/project-folder.js';

describe('the plans', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-plans-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('that are shipped say for each plan what it is placed with, may do and may have', async () => {
    const plans = new PlanCatalogue(await readPlans(join(projectFolder(), 'provisioning/plans.yaml')));
    expect([...plans.terms.keys()]).toEqual(['starter', 'professional', 'enterprise']);
    expect(plans.of('starter')).toEqual({
      isolation: 'row',
      jobWeight: 1,
      rates: { read: expect.anything(), write: expect.anything(), auth: expect.anything() },
      limits: { customRoles: 0, attachmentsMb: expect.any(Number), members: expect.any(Number) },
      meters: { tickets: { included: expect.any(Number), beyond: 'refuse' } },
      features: new Set(),
      price: { key: 'starter-monthly', amount: expect.any(Number), currency: 'eur' },
      trialDays: 14,
      isSelfService: true,
    });
    expect(plans.of('professional')).toMatchObject({ isolation: 'schema', jobWeight: 2, limits: { customRoles: 10 } });
    expect(plans.of('enterprise').features).toEqual(new Set(['custom-roles', 'audit-export']));
    expect(() => plans.of('gold')).toThrow(PlanUnknownError);
  });

  it('are refused with every problem that they have', async () => {
    const path = join(folder, 'plans.yaml');
    const rate = { limit: 1, windowSeconds: 60 };
    const gold = {
      isolation: 'rows',
      jobWeight: 0,
      rates: { read: rate, write: { ...rate, limit: 0 } },
      limits: { customRoles: -1, attachmentsMb: 1, members: 1 },
      meters: { tickets: { included: 1, beyond: 'wait' } },
      features: [],
      price: null,
      trialDays: 0,
      isSelfService: true,
      colour: 1,
    };
    writeFileSync(path, JSON.stringify({ plans: { gold } }));
    const error: unknown = await readPlans(path).catch((raised: unknown) => raised);
    expect(error).toBeInstanceOf(ConfigError);
    const named = (error as ConfigError).problems.map((problem) => problem.split(': ')[1]);
    expect(named.sort()).toEqual([
      'plans.gold',
      'plans.gold.isolation',
      'plans.gold.jobWeight',
      'plans.gold.limits.customRoles',
      'plans.gold.meters.tickets.beyond',
      'plans.gold.rates.auth',
      'plans.gold.rates.write.limit',
    ]);
  });
});
