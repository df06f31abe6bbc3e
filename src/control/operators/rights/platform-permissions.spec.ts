import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPERATOR_ROLES } from '#kernel/plugin/platform-permission.js';
import { coversRoles, mayOperate, PLATFORM_PERMISSIONS } from './platform-permissions.js';

const GOLDEN = join(import.meta.dirname, 'platform-permissions.golden.md');
const ALL = Object.values(PLATFORM_PERMISSIONS);

describe('what operators may', () => {
  it('is as agreed; UPDATE_GOLDENS=1 agrees to another', () => {
    const rows = ALL.toSorted((one, other) => (one.name < other.name ? -1 : 1)).map((permission) => [
      permission.name,
      ...OPERATOR_ROLES.map((role) => (mayOperate([role], permission) ? 'yes' : '-')),
      permission.risk,
    ]);
    const head = ['permission', ...OPERATOR_ROLES, 'risk'];
    const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
    if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(GOLDEN, table);
    expect(table).toBe(readFileSync(GOLDEN, 'utf8'));
  });

  it('is everything for owners, and nothing for who has no role', () => {
    expect(ALL.every((permission) => mayOperate(['owner'], permission))).toBe(true);
    expect(ALL.some((permission) => mayOperate([], permission))).toBe(false);
    expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length);
  });

  it('is given by who has it all', () => {
    expect(OPERATOR_ROLES.every((role) => coversRoles(['owner'], [role]))).toBe(true);
    expect(coversRoles(['security'], ['security'])).toBe(true);
    for (const role of ['operator', 'billing', 'owner'] as const)
      expect([role, coversRoles(['security'], ['security', role])]).toEqual([role, false]);
    expect(coversRoles(['support', 'operator', 'billing', 'security'], ['owner'])).toBe(false);
  });
});
