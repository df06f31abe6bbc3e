import type { Change, LintedConstraint } from './change.js';
import type { LintRule } from './rule.js';

function constraintsOf(change: Change): readonly LintedConstraint[] {
  if (change.kind === 'create-table') return [...change.constraints, ...change.columns.flatMap(({ constraints }) => constraints)];
  if (change.kind === 'add-constraint') return [change.constraint];
  return change.kind === 'add-column' ? change.column.constraints : [];
}

/** What keeps tenants apart in every table of a home. */
export const TENANT_RULES: readonly LintRule[] = [
  {
    rule: 'protect',
    of: 'tenant',
    says: 'makes a table that is nobody’s to keep apart: select tenancy.protect(…) in the same migration',
    breaks: (change, at) =>
      change.kind === 'create-table' &&
      !at.changes.some((other) => other.kind === 'call' && other.name === 'tenancy.protect' && other.argument === change.table),
  },
  {
    rule: 'tenant-id',
    of: 'tenant',
    says: 'makes a table whose rows are nobody’s: tenant_id uuid not null, which stays as it is',
    breaks: (change) =>
      (['drop-not-null', 'drop-column', 'alter-type', 'rename'].includes(change.kind) && 'name' in change && change.name === 'tenant_id') ||
      (change.kind === 'create-table' &&
        !change.columns.some(({ name, type, isRequired }) => name === 'tenant_id' && type === 'uuid' && isRequired)),
  },
  {
    rule: 'tenant-written',
    of: 'tenant',
    says: 'gives rows to another tenant: nothing but the tenant in scope writes tenant_id, when a row is made',
    breaks: ({ kind }) => kind === 'write-tenant',
  },
  {
    rule: 'foreign-key',
    of: 'tenant',
    says: 'is a foreign key that another tenant’s row would do for, because it is checked past the policies: foreign key (tenant_id, …) references … (tenant_id, …)',
    breaks: (change) =>
      constraintsOf(change).some(({ type, columns, references }) => type === 'foreign' && !pairsTenant(columns, references)),
  },
  {
    rule: 'unique',
    of: 'tenant',
    says: 'is unique over all tenants, and so answers whether another has a value: begin it with tenant_id (with =, where it is an exclusion)',
    breaks: (change) =>
      (change.kind === 'create-index' && change.isUnique && change.columns[0] !== 'tenant_id') ||
      constraintsOf(change).some(
        ({ type, columns, usesIndex }) => ['unique', 'primary', 'exclude'].includes(type) && !usesIndex && columns[0] !== 'tenant_id',
      ),
  },
  {
    rule: 'home',
    says: 'names a schema: a migration is sent to every home, and the path says which',
    breaks: ({ kind, schema }, { line }) =>
      (kind === 'named' || kind === 'call') && schema !== '' && !(line === 'catalog' && schema === 'public'),
  },
];

function pairsTenant(columns: readonly string[], references: readonly string[]): boolean {
  const place = columns.indexOf('tenant_id');
  return place >= 0 && references[place] === 'tenant_id';
}
