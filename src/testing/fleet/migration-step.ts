import type { MigrationStep } from '#adapters/postgres/migration-line.js';

/** A step as a spec wants it. */
export function step(name: string, statements: readonly string[], facts: Partial<MigrationStep> = {}): MigrationStep {
  return {
    ...{ phase: 'expand', isBreaking: false, isTransactional: true, isLong: false, isPerTenant: false },
    ...facts,
    name,
    statements,
  };
}
