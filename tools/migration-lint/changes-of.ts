import {
  parse,
  type AlterTableCmd,
  type AlterTableStmt,
  type Constraint,
  type DropStmt,
  type IndexStmt,
  type Node,
  type RangeVar,
} from 'libpg-query';
import type { Change } from './change.js';
import { columnOf, columnsOf, constraintOf, isConstraint, namesOf } from './column-of.js';

type Kind = Change extends infer Each ? (Each extends Change ? Omit<Each, 'text' | 'table' | 'schema'> : never) : never;
type Told = Kind & { readonly relation?: RangeVar | undefined };

/** What these statements do, read by PostgreSQL's own parser. Raises SqlError for what it cannot read. */
export async function changesOf(statements: readonly string[]): Promise<Change[]> {
  const changes: Change[] = [];
  for (const text of statements)
    for (const { stmt } of (await parse(text)).stmts ?? [])
      for (const { relation, ...change } of stmt ? told(stmt) : [])
        changes.push({ ...change, text, table: relation?.relname ?? '', schema: relation?.schemaname ?? '' });
  return changes;
}

function told(node: Node): Told[] {
  if ('CreateStmt' in node) {
    const { relation, tableElts = [], partbound } = node.CreateStmt;
    if (partbound) return [{ kind: 'block' }];
    return [
      {
        kind: 'create-table',
        relation,
        columns: columnsOf(tableElts),
        constraints: tableElts.filter(isConstraint).map(({ Constraint: one }) => constraintOf(one)),
      },
    ];
  }
  if ('AlterTableStmt' in node) return altered(node.AlterTableStmt);
  if ('IndexStmt' in node) return [indexed(node.IndexStmt)];
  if ('DropStmt' in node) return dropped(node.DropStmt);
  if ('RenameStmt' in node) return [renamed(node.RenameStmt.renameType, node.RenameStmt.relation)];
  if ('AlterObjectSchemaStmt' in node) return [{ kind: 'rename', relation: node.AlterObjectSchemaStmt.relation }];
  if ('UpdateStmt' in node) return [{ kind: 'write', relation: node.UpdateStmt.relation }];
  if ('DeleteStmt' in node) return [{ kind: 'write', relation: node.DeleteStmt.relation }];
  if ('TruncateStmt' in node)
    return (node.TruncateStmt.relations ?? []).map((one) => ({
      kind: 'drop-table',
      relation: 'RangeVar' in one ? one.RangeVar : undefined,
    }));
  if ('SelectStmt' in node) return (node.SelectStmt.targetList ?? []).map(called);
  if (['VariableSetStmt', 'TransactionStmt', 'LockStmt', 'DiscardStmt'].some((kind) => kind in node)) return [{ kind: 'session' }];
  if ('DoStmt' in node || 'CreateTableAsStmt' in node || 'CallStmt' in node) return [{ kind: 'block' }];
  return [{ kind: 'harmless' }];
}

function altered({ relation, cmds = [] }: AlterTableStmt): Told[] {
  return cmds.flatMap((node) => ('AlterTableCmd' in node ? [{ relation, ...alteredBy(node.AlterTableCmd) }] : []));
}

const REWRITES = [
  'AT_AlterColumnType',
  'AT_SetAccessMethod',
  'AT_SetTableSpace',
  'AT_SetLogged',
  'AT_SetUnLogged',
  'AT_SetExpression',
  'AT_AddIdentity',
];

function alteredBy({ subtype = 'AT_AddColumn', name = '', def }: AlterTableCmd): Kind {
  if (def && 'ColumnDef' in def && subtype === 'AT_AddColumn') return { kind: 'add-column', column: columnOf(def.ColumnDef) };
  if (def && 'Constraint' in def && subtype === 'AT_AddConstraint') return added(def.Constraint);
  if (subtype === 'AT_SetNotNull') return { kind: 'set-not-null', name };
  if (subtype === 'AT_DropColumn') return { kind: 'drop-column', name };
  if (subtype === 'AT_ValidateConstraint') return { kind: 'validate', name };
  return { kind: REWRITES.includes(subtype) ? 'rewrite' : 'harmless' };
}

/** PostgreSQL 18 knows NOT NULL as a constraint too. */
function added(constraint: Constraint): Kind {
  const linted = constraintOf(constraint);
  return linted.type === 'not-null' && linted.isChecked
    ? { kind: 'set-not-null', name: linted.columns[0] ?? '' }
    : { kind: 'add-constraint', constraint: linted };
}

function indexed({ relation, unique = false, concurrent = false, if_not_exists = false, idxname, indexParams = [] }: IndexStmt): Told {
  const columns = indexParams.map((node) => ('IndexElem' in node ? (node.IndexElem.name ?? '(expression)') : ''));
  return {
    kind: 'create-index',
    relation,
    isUnique: unique,
    columns,
    isConcurrent: concurrent,
    isRepeatable: if_not_exists && idxname !== undefined,
  };
}

function dropped({ objects = [], removeType, concurrent = false, missing_ok = false }: DropStmt): Told[] {
  const names = objects.map((object) => ('List' in object ? namesOf(object.List.items).join('.') : ''));
  if (removeType === 'OBJECT_INDEX') return names.map(() => ({ kind: 'drop-index', isConcurrent: concurrent, isRepeatable: missing_ok }));
  return names.map((relname) => ({ kind: removeType === 'OBJECT_TABLE' ? 'drop-table' : 'harmless', relation: { relname } }));
}

function renamed(type: string | undefined, relation: RangeVar | undefined): Told {
  return { kind: ['OBJECT_TABLE', 'OBJECT_COLUMN'].includes(type ?? '') ? 'rename' : 'harmless', relation };
}

function called(target: Node): Told {
  const value = 'ResTarget' in target ? target.ResTarget.val : undefined;
  if (!value || !('FuncCall' in value)) return { kind: 'harmless' };
  const [first] = value.FuncCall.args ?? [];
  const argument = first && 'A_Const' in first ? (first.A_Const.sval?.sval ?? '') : '';
  const name = namesOf(value.FuncCall.funcname).join('.');
  return name.endsWith('set_config') ? { kind: 'session' } : { kind: 'call', name, argument };
}
