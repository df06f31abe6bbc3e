import type { Change } from './change.js';
import type { LintContext, LintRule } from './rule.js';

/** What takes away rows, or what an application that is running uses. */
export const LOSS_RULES: readonly LintRule[] = [
  {
    rule: 'contract',
    says: 'takes away what an application that is running uses: stop using it, and take it away in a contract migration when no older version runs; instead of renaming, add the new one and copy',
    breaks: (change, at) => takesAway(change, at) && at.isEarlier(change.table) && at.step.phase === 'expand',
  },
  {
    rule: 'cascade',
    says: 'takes with it what it does not name, policies and tables of others too: drop without cascade, each thing by its name',
    breaks: ({ kind }) => kind === 'cascade',
  },
];

/** Without a check or a foreign key everything that was written goes on to be; without a key it does not. */
function takesAway(change: Change, { memory }: LintContext): boolean {
  if (change.kind === 'drop-constraint')
    return !['check', 'foreign', 'not-null'].includes(memory.constraintAt(change.table, change.name)?.type ?? 'unknown');
  return ['drop-column', 'drop-table', 'rename', 'take'].includes(change.kind);
}
