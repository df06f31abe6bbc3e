import type { Mutation } from './mutation.js';

const LINT = ['tools/migration-lint/forms.spec.ts'];

/** What keeps dangerous statements out of the migrations. */
export const LINT_MUTATIONS: readonly Mutation[] = [
  {
    name: 'fleet: the lint refuses a statement that it does not know',
    file: 'tools/migration-lint/statement-kinds.ts',
    find: `KINDS.get(statement) ?? 'unknown'`,
    replace: `KINDS.get(statement) ?? ('harmless' as 'unknown')`,
    specs: LINT,
  },
  {
    name: 'fleet: the lint refuses a part of a statement that it does not know',
    file: 'tools/migration-lint/changes-of.ts',
    find: 'if (!isShapeKnown(statement, body))',
    replace: `if (!isShapeKnown(statement, body) && statement === '')`,
    specs: LINT,
  },
  {
    name: 'fleet: the lint refuses a change of a table that it does not know',
    file: 'tools/migration-lint/altered-by.ts',
    find: `(KINDS[subtype] ?? { kind: 'unknown' })`,
    replace: `(KINDS[subtype] ?? { kind: 'harmless' })`,
    specs: LINT,
  },
  {
    name: 'fleet: the lint refuses an index that the runner would not find again',
    file: 'tools/migration-lint/sent-again.ts',
    find: 'return isAlone && begins?.[1] === change.name;',
    replace: 'return isAlone;',
    specs: LINT,
  },
  {
    name: 'fleet: the lint refuses a function that it does not know',
    file: 'tools/migration-lint/concealed.ts',
    find: '...functions.filter((name) => !isKnownFunction(name))',
    replace: '...functions.filter(() => false)',
    specs: LINT,
  },
  {
    name: 'fleet: the lint refuses to switch the policies of a table off',
    file: 'tools/migration-lint/altered-by.ts',
    find: `AT_DisableRowSecurity: { kind: 'fence' }`,
    replace: `AT_DisableRowSecurity: { kind: 'harmless' }`,
    specs: LINT,
  },
  {
    name: 'fleet: the lint refuses a policy more in a home',
    file: 'tools/migration-lint/fence-rules.ts',
    find: `(line === 'tenant' || !changes.some(`,
    replace: '(!changes.some(',
    specs: LINT,
  },
  {
    name: 'fleet: the lint refuses the rights of an owner for whoever calls',
    file: 'tools/migration-lint/created.ts',
    find: `if (isDefiner) return [{ kind: 'definer' }];`,
    replace: '',
    specs: LINT,
  },
  {
    name: 'fleet: the lint refuses tables that no migration made',
    file: 'tools/migration-lint/hidden-rules.ts',
    find: `!at.memory.hasTable(change.table)`,
    replace: `change.table === '*'`,
    specs: LINT,
  },
];
