import type { Change, LintedConstraint } from './change.js';
import type { LintContext, LintRule } from './rule.js';
import { isSentAgain } from './sent-again.js';

/** The constraints that a change brings to a table that was there before. */
function brought(change: Change): readonly LintedConstraint[] {
  if (change.kind === 'add-constraint') return [change.constraint];
  return change.kind === 'add-column' ? change.column.constraints : [];
}

/** What holds a table up while all of it is read or written. */
export const LOCK_RULES: readonly LintRule[] = [
  {
    rule: 'rewrite',
    says: 'writes or reads the whole table under a lock that stops every reader: add a column beside it (null, or with a constant default), fill it in a migration of its own (isPerTenant), change over, and drop the old one in a contract migration',
    breaks: (change, at) =>
      at.isEarlier(change.table) &&
      (change.kind === 'rewrite' ||
        (change.kind === 'add-column' && change.column.isComputed) ||
        (change.kind === 'alter-type' && !isWidened(change, at))),
  },
  {
    rule: 'not-null',
    says: 'reads the whole table under a lock that stops every reader, or fails on rows that are there: add constraint … check (… is not null) not valid, validate it in the next migration, then set not null, then drop the check',
    breaks: (change, at) =>
      at.isEarlier(change.table) &&
      ((change.kind === 'set-not-null' &&
        !at.memory.constraintsOf(change.table).some(({ requires, isChecked }) => requires === change.name && isChecked)) ||
        (change.kind === 'add-column' && change.column.isRequired && !change.column.hasDefault)),
  },
  {
    rule: 'unchecked',
    says: 'reads the whole table under a lock that stops every writer: add the constraint not valid, and validate it in the next migration',
    breaks: (change, at) =>
      at.isEarlier(change.table) && brought(change).some(({ type, isChecked }) => (type === 'check' || type === 'foreign') && isChecked),
  },
  {
    rule: 'validate-apart',
    says: 'validates under the lock of the statement that added the constraint: validate it in the next migration',
    breaks: (change, at) =>
      change.kind === 'validate' &&
      at.changes.some((other) => other.kind === 'add-constraint' && other.table === change.table && other.constraint.name === change.name),
  },
  {
    rule: 'key',
    of: 'tenant',
    says: 'makes an index under a lock that stops every writer: create unique index concurrently in a migration without a transaction, then add the constraint using index in the next',
    breaks: (change, at) =>
      at.isEarlier(change.table) &&
      brought(change).some(({ type, usesIndex }) => ['unique', 'primary', 'exclude'].includes(type) && !usesIndex),
  },
  {
    rule: 'index',
    of: 'tenant',
    says: 'stops every writer until the index is made or gone: create index concurrently if not exists (or drop index concurrently if exists), in a migration without a transaction',
    breaks: (change, at) =>
      (change.kind === 'create-index' && at.isEarlier(change.table) && !change.isConcurrent) ||
      (change.kind === 'drop-index' && !change.isConcurrent),
  },
  {
    rule: 'concurrently',
    says: 'cannot be in a transaction: let isTransactional() answer false',
    breaks: (change, at) =>
      (change.kind === 'create-index' || change.kind === 'drop-index') && change.isConcurrent && at.step.isTransactional,
  },
  {
    rule: 'sent-again',
    says: 'cannot be told from what a try before left behind: a statement by itself that begins create [unique] index concurrently if not exists, or drop index concurrently if exists, with one name of a-z, 0-9 and _',
    breaks: (change, at) =>
      (change.kind === 'create-index' || change.kind === 'drop-index') && change.isConcurrent && !isSentAgain(change, at.changes),
  },
  {
    rule: 'write',
    of: 'tenant',
    says: 'writes rows, and a home has none that a migration sees: set isPerTenant, in a migration of its own that is sent once for each tenant',
    breaks: (change, at) => change.kind === 'write' && !at.step.isPerTenant,
  },
  {
    rule: 'write',
    of: 'catalog',
    says: 'writes rows while the migration holds its locks: set isLong, and keep it apart from changes of tables',
    breaks: (change, at) =>
      change.kind === 'write' && at.isEarlier(change.table) && (!at.step.isLong || at.changes.some((other) => locks(other, at))),
  },
];

/** PostgreSQL takes text for varchar without a look at the rows, unless a check or a key has to hold for the new type. */
function isWidened(change: Change & { kind: 'alter-type' }, { memory }: LintContext): boolean {
  const isText = (type: string): boolean => type === 'text' || type === 'varchar';
  const isAskedFor = memory
    .constraintsOf(change.table)
    .some(({ type, reads, columns }) => reads.includes(change.name) || (type === 'foreign' && columns.includes(change.name)));
  return isText(change.type) && isText(memory.typeOf(change.table, change.name)) && !isAskedFor;
}

function locks({ kind, table }: Change, at: LintContext): boolean {
  return !['write', 'named', 'harmless'].includes(kind) && table !== '' && at.isEarlier(table);
}
