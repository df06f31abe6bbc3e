import type { CreateFunctionStmt, CreatePolicyStmt, CreateStmt, CreateTrigStmt, DefElem, IndexStmt, Node } from 'libpg-query';
import { columnsOf, constraintOf, isConstraint, namesOf } from './column-of.js';
import type { Told } from './told.js';

export function created({ relation, tableElts = [] }: CreateStmt): Told {
  const isHidden = relation?.relname?.startsWith('pg_') === true; // PostgreSQL's own of that name is found first
  const isKept = relation?.relpersistence === 'p';
  if (isHidden || !isKept || tableElts.some((part) => !('ColumnDef' in part) && !isConstraint(part))) return { kind: 'unknown' };
  return {
    kind: 'create-table',
    relation,
    columns: columnsOf(tableElts),
    constraints: tableElts.filter(isConstraint).map(({ Constraint: one }) => constraintOf(one)),
  };
}

export function indexed({
  relation,
  unique = false,
  concurrent = false,
  if_not_exists = false,
  idxname,
  indexParams = [],
}: IndexStmt): Told {
  const columns = indexParams.map((node) => ('IndexElem' in node ? (node.IndexElem.name ?? '(expression)') : ''));
  return {
    kind: 'create-index',
    relation,
    name: idxname ?? '',
    isUnique: unique,
    columns,
    isConcurrent: concurrent,
    isRepeatable: if_not_exists && idxname !== undefined,
  };
}

export function policyMade({ table }: CreatePolicyStmt): Told {
  return { kind: 'create-policy', relation: table };
}

/** The body is a string and not read; what it may do is bounded by who calls it, unless it is its owner's rights. */
export function functionMade({ funcname, options = [] }: CreateFunctionStmt): Told[] {
  const parts = options.flatMap((node) => ('DefElem' in node ? [node.DefElem] : []));
  const isDefiner = parts.some(({ defname, arg }) => defname === 'security' && arg && 'Boolean' in arg && arg.Boolean.boolval === true);
  if (isDefiner) return [{ kind: 'definer' }];
  if (!isKnownLanguage(parts)) return [{ kind: 'unknown' }];
  const schemaname = namesOf(funcname).slice(0, -1).join('.');
  return [
    { kind: 'create-function', hasPath: parts.some(setsPath) },
    { kind: 'named', relation: { schemaname } },
  ];
}

export function triggerMade({ relation, funcname }: CreateTrigStmt): Told {
  return { kind: 'create-trigger', relation, calls: namesOf(funcname).join('.') };
}

function isKnownLanguage(parts: readonly DefElem[]): boolean {
  const language = parts.find(({ defname }) => defname === 'language')?.arg;
  return language !== undefined && 'String' in language && ['sql', 'plpgsql'].includes(language.String.sval ?? '');
}

function setsPath({ arg }: { arg?: Node }): boolean {
  return arg !== undefined && 'VariableSetStmt' in arg && arg.VariableSetStmt.name === 'search_path';
}
