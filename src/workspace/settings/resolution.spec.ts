import fc from 'fast-check';
import { z } from 'zod';
import { atMostGiven, settingKey } from '#kernel/plugin/setting-key.js';
import { featureKey } from './feature-key.js';
import { resolveSetting, type SpokenOf } from './resolution.js';
import type { StoredValue } from './stored-value.js';

const NOW = new Date('2026-11-25T12:00:00Z');
const LATER = new Date(NOW.getTime() + 1);
const size = settingKey<number>({ name: 'specs.size', schema: z.int().min(1), default: 1, owner: 'specs', description: 'A size.' });
const limit = settingKey<number>({ ...size, name: 'specs.limit', narrow: atMostGiven });
const feature = featureKey('export', { owner: 'specs', description: 'A feature.', flag: 'audit-export' });

const said = (more: Partial<SpokenOf> = {}): SpokenOf => ({
  ...{ override: undefined, tenant: undefined, plan: undefined, region: undefined, presetsVersion: 'v' },
  ...{ isEntitled: true, isFlagOn: true },
  ...more,
});
const stored = (value: unknown, until: Date | null = null): StoredValue => ({ value, version: 3, at: NOW, until });

describe('what a setting is', () => {
  it('is said by the platform, the tenant, the plan, the region and the code, in this order', () => {
    const all = said({ override: stored(5), tenant: stored(4), plan: 3, region: 2 });
    const seen: [unknown, string][] = [];
    for (const without of [{}, { override: undefined }, { tenant: undefined }, { plan: undefined }, { region: undefined }]) {
      Object.assign(all, without);
      const { value, winner } = resolveSetting(size, all, NOW);
      seen.push([value, winner]);
    }
    expect(seen).toEqual([
      [5, 'override'],
      [4, 'tenant'],
      [3, 'plan'],
      [2, 'region'],
      [1, 'code'],
    ]);
  });

  it('names every source it looked at, with value, version and time, and one that was used', () => {
    const { sources } = resolveSetting(size, said({ override: stored(9, NOW), tenant: stored(4, LATER), plan: 3 }), NOW);
    expect(sources).toEqual([
      { source: 'override', state: 'over', value: 9, version: '3', at: NOW, until: NOW },
      { source: 'tenant', state: 'used', value: 4, version: '3', at: NOW, until: LATER },
      { source: 'plan', state: 'outranked', value: 3, version: 'v', at: null, until: null },
      { source: 'region', state: 'absent', version: null, at: null, until: null },
      { source: 'code', state: 'outranked', value: 1, version: null, at: null, until: null },
    ]);
  });

  it.each(['override', 'tenant'] as const)('is over at the very moment until which the %s counts', (source) => {
    const at = (now: Date) => resolveSetting(size, said({ [source]: stored(7, LATER) }), now).value;
    expect([at(NOW), at(LATER)]).toEqual([7, 1]);
  });

  it('is the code’s when what is written down is of another type, whatever the plan has', () => {
    for (const broken of [said({ tenant: stored('many'), plan: 3 }), said({ override: stored(0), tenant: stored(4) })])
      expect(resolveSetting(size, broken, NOW)).toMatchObject({ value: 1, winner: 'code' });
    expect(resolveSetting(size, said({ override: stored(5), tenant: stored('many') }), NOW)).toMatchObject({
      value: 5,
      winner: 'override',
    });
  });

  it('counts for a limit only as far as the tenant was given it, unless the platform says otherwise', () => {
    expect(resolveSetting(limit, said({ tenant: stored(9), plan: 3 }), NOW)).toMatchObject({ value: 3, winner: 'tenant' });
    expect(resolveSetting(limit, said({ tenant: stored(2), plan: 3 }), NOW).value).toBe(2);
    expect(resolveSetting(limit, said({ tenant: stored(9) }), NOW).value).toBe(1);
    expect(resolveSetting(limit, said({ override: stored(9), plan: 3 }), NOW).value).toBe(9);
  });
});

describe('a feature', () => {
  const any = fc.option(fc.boolean(), { nil: undefined });

  it('is never opened by a flag, a setting or an override that the plan does not have', () => {
    fc.assert(
      fc.property(any, any, fc.boolean(), (override, tenant, isFlagOn) => {
        const { value } = resolveSetting(
          feature,
          said({ override: written(override), tenant: written(tenant), isFlagOn, isEntitled: false }),
          NOW,
        );
        return !value;
      }),
    );
  });

  it('is open exactly when the plan has it, the flag is on and whoever may say so has not switched it off', () => {
    fc.assert(
      fc.property(any, any, fc.boolean(), fc.boolean(), (override, tenant, isFlagOn, isEntitled) => {
        const { value } = resolveSetting(
          feature,
          said({ override: written(override), tenant: written(tenant), isFlagOn, isEntitled }),
          NOW,
        );
        return value === (isEntitled && isFlagOn && (override ?? tenant ?? true));
      }),
    );
  });

  it('says what closed it', () => {
    const winner = (more: Partial<SpokenOf>) => resolveSetting(feature, said(more), NOW).winner;
    expect([winner({ isEntitled: false, isFlagOn: false }), winner({ isFlagOn: false }), winner({ tenant: stored(false) })]).toEqual([
      'entitlement',
      'flag',
      'tenant',
    ]);
  });
});

function written(value: boolean | undefined): StoredValue | undefined {
  return value === undefined ? undefined : stored(value);
}
