import type { Node, RangeVar } from 'libpg-query';
import { namesOf } from './column-of.js';

/** What stands anywhere in a statement. Names have their schema before a dot, where one is written. */
interface Parts {
  readonly tables: RangeVar[];
  readonly functions: string[];
  readonly types: string[];
  /** Names that the statement gives to its own queries. */
  readonly queries: Set<string>;
  /** Whether a part of it writes: a query beside it, SELECT INTO. */
  isDisguised: boolean;
}

const WRITES = ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'IntoClause', 'intoClause'];

/** The parts of one statement, at any depth. What a string holds (the body of a function) is not looked into. */
export function partsOf(statement: Node): Parts {
  const parts: Parts = { tables: [], functions: [], types: [], queries: new Set(), isDisguised: false };
  for (const body of Object.values(statement)) visit(body, '', parts);
  return parts;
}

function visit(value: unknown, key: string, parts: Parts): void {
  if (Array.isArray(value)) for (const one of value) visit(one, key, parts);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  const node = value as Record<string, unknown>;
  if (WRITES.includes(key)) parts.isDisguised = true;
  if (typeof node['relname'] === 'string') parts.tables.push(node);
  if (key === 'FuncCall') parts.functions.push(namesOf(node['funcname'] as Node[]).join('.'));
  if (key === 'A_Expr' && (node['name'] as Node[]).length > 1)
    parts.functions.push(`operator(${namesOf(node['name'] as Node[]).join('.')})`);
  if (key === 'CommonTableExpr') parts.queries.add(String(node['ctename']));
  if (isType(node)) parts.types.push(`${namesOf(node.names).join('.')}${node.pct_type ? '%type' : ''}`);
  for (const [name, part] of Object.entries(node)) visit(part, name, parts);
}

function isType(node: Record<string, unknown>): node is { names: Node[]; pct_type?: boolean } {
  return 'names' in node && 'typemod' in node;
}
