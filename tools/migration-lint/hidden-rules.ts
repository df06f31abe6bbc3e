import type { LintRule } from './rule.js';

const ACCEPT = 'where it must be, tools/migration-lint/accepted.ts takes the migration with the reason';

/** What the lint cannot look into, or does not know. */
export const HIDDEN_RULES: readonly LintRule[] = [
  { rule: 'block', says: 'hides what it does: write the statements one by one', breaks: ({ kind }) => kind === 'block' },
  {
    rule: 'disguise',
    says: 'writes rows in a part of a statement that says something else: write update, delete or insert … select by itself, in a migration of its own',
    breaks: ({ kind }) => kind === 'disguise',
  },
  {
    rule: 'function',
    says: 'calls a function that the lint does not know: one of PostgreSQL’s that only gives a value belongs in tools/migration-lint/known-functions.ts; a helper of the fence is asked by itself, with texts (select tenancy.protect(…))',
    breaks: (change, { line }) => change.kind === 'function' || (change.kind === 'call' && line === 'catalog'),
  },
  {
    rule: 'function-made',
    says: 'is called with whatever path the caller has, or is one function for each home: say set search_path with it in the catalog; functions of homes are in provisioning/tenancy.sql',
    breaks: (change, { line }) => change.kind === 'create-function' && (line === 'tenant' || !change.hasPath),
  },
  {
    rule: 'type',
    says: 'is of a type that the lint does not know, which may check or write every row (a domain): take one of PostgreSQL’s (tools/migration-lint/known-types.ts), text with a check instead of an enum',
    breaks: ({ kind }) => kind === 'type',
  },
  {
    rule: 'stranger',
    says: 'names a table that no migration of this line made: PostgreSQL’s catalogue and the fence are not changed by migrations',
    breaks: (change, at) =>
      ['named', 'call', 'write'].includes(change.kind) &&
      change.table !== '' &&
      at.isEarlier(change.table) &&
      !at.memory.hasTable(change.table),
  },
  {
    rule: 'unknown',
    says: `is a statement, or has a part, that the lint does not know to be harmless: change tables, columns, constraints and indexes by plain statements; ${ACCEPT}`,
    breaks: ({ kind }) => kind === 'unknown',
  },
];
