import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import type { LintFinding } from './lint-line.js';

const SAYS =
  'is not numbered as the next after the one before it: homes are known by the newest they have had, and who has had a later one would never get it; give it the number after the last';

/** Migrations of a whole line, in its order, whose numbers do not follow one another: two branches wrote the same one, or one fills a gap. */
export function lintNumbers(steps: readonly MigrationStep[]): LintFinding[] {
  return steps
    .filter(({ name }, place) => Number(name.slice(0, 4)) !== place + 1)
    .map(({ name }) => ({ migration: name, rule: 'number', says: SAYS, text: '' }));
}
