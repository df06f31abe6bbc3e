import type { LintContext } from './rule.js';

/** What no migration may be as a whole. */
export const STEP_RULES: readonly { readonly rule: string; readonly says: string; readonly breaks: (at: LintContext) => boolean }[] = [
  {
    rule: 'breaking',
    says: 'takes away what an older application uses and does not say so: set isBreaking',
    breaks: ({ step }) => step.phase === 'contract' && !step.isBreaking,
  },
  {
    rule: 'alone',
    says: 'is sent outside a transaction, where each statement must bear to be sent again: only create index concurrently if not exists and drop index concurrently if exists do; put the rest in a migration of its own',
    breaks: ({ step, changes }) =>
      !step.isTransactional &&
      !changes.every(
        (change) =>
          change.kind === 'named' ||
          ((change.kind === 'create-index' || change.kind === 'drop-index') && change.isConcurrent && change.isRepeatable),
      ),
  },
  {
    rule: 'per-tenant',
    says: 'is sent once for each tenant of a home: update, delete and insert … select alone bear that; put the rest in a migration of its own',
    breaks: ({ line, step, changes }) =>
      step.isPerTenant &&
      (line === 'catalog' || !step.isTransactional || !changes.every(({ kind }) => ['write', 'named', 'harmless'].includes(kind))),
  },
  {
    rule: 'catalog-transaction',
    says: 'is for the catalog, whose migrations are sent in one transaction',
    breaks: ({ line, step }) => line === 'catalog' && !step.isTransactional,
  },
];
