import type { ColumnDef, Constraint, Node } from 'libpg-query';
import type { LintedColumn, LintedConstraint } from './change.js';
import { givesOneValue } from './known-functions.js';

const TYPES: Readonly<Record<string, LintedConstraint['type']>> = {
  CONSTR_CHECK: 'check',
  CONSTR_FOREIGN: 'foreign',
  CONSTR_UNIQUE: 'unique',
  CONSTR_PRIMARY: 'primary',
  CONSTR_EXCLUSION: 'exclude',
  CONSTR_NOTNULL: 'not-null',
};

export function isConstraint(node: Node): node is { Constraint: Constraint } {
  return 'Constraint' in node;
}

export function namesOf(nodes: readonly Node[] = []): string[] {
  return nodes.flatMap((node) => ('String' in node ? [node.String.sval ?? ''] : []));
}

export function columnsOf(nodes: readonly Node[]): LintedColumn[] {
  return nodes.flatMap((node) => ('ColumnDef' in node ? [columnOf(node.ColumnDef)] : []));
}

export function columnOf({ colname = '', typeName, constraints = [] }: ColumnDef): LintedColumn {
  const parts = constraints.filter(isConstraint).map(({ Constraint: part }) => part);
  const type = `${namesOf(typeName?.names).at(-1) ?? ''}${typeName?.arrayBounds ? '[]' : ''}`;
  const initial = parts.find(({ contype }) => contype === 'CONSTR_DEFAULT');
  return {
    name: colname,
    type,
    isRequired: parts.some(({ contype }) => contype === 'CONSTR_NOTNULL' || contype === 'CONSTR_PRIMARY'),
    hasDefault: initial !== undefined || parts.some(({ contype }) => contype === 'CONSTR_GENERATED' || contype === 'CONSTR_IDENTITY'),
    isComputed:
      parts.some(({ contype, generated_kind }) => contype === 'CONSTR_IDENTITY' || generated_kind === 's') ||
      callsVolatile(initial?.raw_expr),
    constraints: parts
      .filter(({ contype }) => contype && contype !== 'CONSTR_NOTNULL' && TYPES[contype])
      .map((part) => constraintOf(part, colname)),
  };
}

/** `column` is the one it is written at. */
export function constraintOf(constraint: Constraint, column?: string): LintedConstraint {
  const { contype = 'CONSTR_CHECK', conname = '', pk_attrs, skip_validation = false, indexname, raw_expr } = constraint;
  const own = constraint.exclusions ? equalsOf(constraint.exclusions) : namesOf(constraint.keys ?? constraint.fk_attrs);
  return {
    type: TYPES[contype] ?? 'check',
    name: conname,
    columns: own.length > 0 || column === undefined ? own : [column],
    references: namesOf(pk_attrs),
    reads: columnsRead(raw_expr),
    isChecked: !skip_validation,
    usesIndex: indexname !== undefined,
    requires: requiredBy(raw_expr) ?? (contype === 'CONSTR_NOTNULL' ? own[0] : undefined),
  };
}

function requiredBy(expression: Node | undefined): string | undefined {
  if (!expression || !('NullTest' in expression) || expression.NullTest.nulltesttype !== 'IS_NOT_NULL') return undefined;
  const { arg } = expression.NullTest;
  return arg && 'ColumnRef' in arg ? namesOf(arg.ColumnRef.fields).at(-1) : undefined;
}

function callsVolatile(expression: unknown): boolean {
  if (typeof expression !== 'object' || expression === null) return false;
  if ('FuncCall' in expression && !givesOneValue(namesOf((expression.FuncCall as { funcname?: Node[] }).funcname).join('.'))) return true;
  return Object.values(expression).some(callsVolatile);
}

function columnsRead(expression: unknown): string[] {
  if (typeof expression !== 'object' || expression === null) return [];
  if ('ColumnRef' in expression) return namesOf((expression.ColumnRef as { fields?: Node[] }).fields).slice(-1);
  return Object.values(expression).flatMap(columnsRead);
}

/** The columns that an exclusion holds to be the same: two rows that differ in one of them never meet. */
function equalsOf(exclusions: readonly Node[] = []): string[] {
  return exclusions.flatMap((node) => {
    const [element, operator] = 'List' in node ? (node.List.items ?? []) : [];
    const isEqual = operator && 'List' in operator && namesOf(operator.List.items).join('.') === '=';
    return isEqual && element && 'IndexElem' in element ? [element.IndexElem.name ?? ''] : [];
  });
}
