import type { KnownHome } from '#catalog/fleet/home-ledger.js';
import { inWaves, reachOf, stepsAfter } from '#control/fleet/fleet-plan.js';
import { step } from '#testing/fleet/migration-step.js';

/** So many homes of a tier. */
function homes(tier: KnownHome['tier'], count: number): KnownHome[] {
  return Array.from({ length: count }, (_, index) => {
    const home = `${tier}-${String(index)}`;
    return { cluster: 'one', database: 'd', home, target: `one/d/${home}`, tier, tenantId: null, slug: null, version: null };
  });
}

const counted = (targets: ReturnType<typeof inWaves>): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(targets, ({ wave }) => wave)].map(([wave, of]) => [String(wave), of.length]));

describe('the order of a run', () => {
  it('is its canaries, a tenth of the others, and the rest', () => {
    const waves = inWaves([...homes('schema', 90), ...homes('database', 13), ...homes('row', 2)], 2);
    expect(counted(waves)).toEqual({ 1: 4, 2: 11, 3: 90 });
    expect(waves.filter(({ wave }) => wave === 1).map(({ home }) => home)).toEqual(['schema-0', 'schema-1', 'database-0', 'database-1']);
  });

  it('has no canary when none is wanted, and never a second wave of nobody', () => {
    expect(counted(inWaves(homes('schema', 10), 0))).toEqual({ 2: 1, 3: 9 });
    expect(counted(inWaves(homes('schema', 11), 0))).toEqual({ 2: 2, 3: 9 });
    expect(counted(inWaves(homes('schema', 1), 0))).toEqual({ 2: 1 });
    expect(counted(inWaves(homes('schema', 1), 1))).toEqual({ 1: 1 });
    expect(inWaves([], 1)).toEqual([]);
  });

  it('begins with a shared home only when there is no other', () => {
    const tiers = (targets: ReturnType<typeof inWaves>): string[] => targets.filter(({ wave }) => wave === 1).map(({ tier }) => tier);
    expect(tiers(inWaves([...homes('row', 3), ...homes('schema', 1)], 2))).toEqual(['schema']);
    expect(tiers(inWaves(homes('row', 3), 2))).toEqual(['row', 'row']);
  });
});

describe('how far a run may go', () => {
  const line = [step('1', []), step('2', []), step('3', [], { phase: 'contract' }), step('4', []), step('5', [], { phase: 'contract' })];

  it('is before the first step that takes something away and is not everywhere yet', () => {
    expect(reachOf(line, ['1'])).toBe('2');
    expect(reachOf(line, ['4', '1', '5'])).toBe('2');
    expect(reachOf(line, ['1', null])).toBe('2');
  });

  it('is past that step when every home has had all before it', () => {
    expect(reachOf(line, ['2'])).toBe('4');
    expect(reachOf(line, ['4', '5'])).toBe('5');
  });

  it('is the end of the line when nothing is taken away, or nobody is behind', () => {
    expect(reachOf(line.slice(0, 2), ['1'])).toBe('2');
    expect(reachOf(line, ['5'])).toBe('5');
    expect(reachOf([], [])).toBe('');
  });

  it('says what a home has still to have', () => {
    expect(stepsAfter(line, '1', '4').map(({ name }) => name)).toEqual(['2', '3', '4']);
    expect(stepsAfter(line, null, '2').map(({ name }) => name)).toEqual(['1', '2']);
  });
});
