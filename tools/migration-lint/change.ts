/** A constraint as a rule looks at it. `columns` are in their order. */
export interface LintedConstraint {
  readonly type: 'check' | 'foreign' | 'unique' | 'primary' | 'exclude' | 'not-null';
  readonly name: string;
  readonly columns: readonly string[];
  /** Of a foreign key; empty when it names none. */
  readonly references: readonly string[];
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
      readonly isUnique: boolean;
      readonly columns: readonly string[];
      readonly isConcurrent: boolean;
      readonly isRepeatable: boolean;
    }
  | { readonly kind: 'drop-index'; readonly isConcurrent: boolean; readonly isRepeatable: boolean }
  | { readonly kind: 'set-not-null' | 'drop-column' | 'validate'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly argument: string }
  | { readonly kind: 'rewrite' | 'drop-table' | 'rename' | 'write' | 'session' | 'block' | 'harmless' }
);
