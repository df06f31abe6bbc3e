/** A constraint as a rule looks at it. `columns` are in their order. */
export interface LintedConstraint {
  readonly type: 'check' | 'foreign' | 'unique' | 'primary' | 'exclude' | 'not-null';
  readonly name: string;
  readonly columns: readonly string[];
  /** Of a foreign key; empty when it names none. */
  readonly references: readonly string[];
  /** The columns that a check asks for. */
  readonly reads: readonly string[];
  /** Whether every row that is there is looked at. */
  readonly isChecked: boolean;
  readonly usesIndex: boolean;
  /** The column that a check keeps from being null. */
  readonly requires: string | undefined;
}

export interface LintedColumn {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly hasDefault: boolean;
  /** Whether each row has to be written to have it. */
  readonly isComputed: boolean;
  readonly constraints: readonly LintedConstraint[];
}

/** What no migration does, whatever else it says: there is a rule for each that names the safe way. */
export type Refused =
  'fence' | 'grant' | 'owner' | 'definer' | 'trigger' | 'server' | 'upkeep' | 'session' | 'block' | 'disguise' | 'cascade' | 'unknown';

/** One thing that a statement does. */
export type Change = {
  /** The statement it is part of. */
  readonly text: string;
  /** Without a schema; empty when it is about no table. */
  readonly table: string;
  /** Named with the table; empty as a rule. */
  readonly schema: string;
} & (
  | { readonly kind: 'create-table'; readonly columns: readonly LintedColumn[]; readonly constraints: readonly LintedConstraint[] }
  | { readonly kind: 'add-column'; readonly column: LintedColumn }
  | { readonly kind: 'add-constraint'; readonly constraint: LintedConstraint }
  | {
      readonly kind: 'create-index';
      readonly name: string;
      readonly isUnique: boolean;
      readonly columns: readonly string[];
      readonly isConcurrent: boolean;
      readonly isRepeatable: boolean;
    }
  | { readonly kind: 'drop-index'; readonly isConcurrent: boolean; readonly isRepeatable: boolean }
  | { readonly kind: 'set-not-null' | 'drop-not-null' | 'drop-column' | 'validate' | 'drop-constraint'; readonly name: string }
  /** `type` is empty when more than the type is said. */
  | { readonly kind: 'alter-type'; readonly name: string; readonly type: string }
  /** Of a column, `name`; of a table, `to`; the other is empty. */
  | { readonly kind: 'rename'; readonly name: string; readonly to: string }
  | { readonly kind: 'rename-constraint'; readonly name: string; readonly to: string }
  | { readonly kind: 'create-policy' }
  | { readonly kind: 'create-function'; readonly hasPath: boolean }
  | { readonly kind: 'create-trigger'; readonly calls: string }
  /** A grant; `take` is one that is taken back. */
  | { readonly kind: 'give'; readonly isPlain: boolean; readonly roles: readonly string[] }
  /** A helper of the fence that is asked by itself; the table is its first argument. */
  | { readonly kind: 'call'; readonly name: string; readonly argument: string }
  /** Somewhere in the statement: a table that it reads or changes, a function that the lint does not know, and a type likewise. */
  | { readonly kind: 'named' }
  | { readonly kind: 'function' | 'type'; readonly name: string }
  | { readonly kind: 'rewrite' | 'drop-table' | 'take' | 'write' | 'write-tenant' | 'row-security' | 'harmless' | Refused }
);
