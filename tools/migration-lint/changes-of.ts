import { parse, type Node, type RangeVar } from 'libpg-query';
import { altered } from './altered-by.js';
import type { Change } from './change.js';
import { concealed } from './concealed.js';
import { created, functionMade, indexed, policyMade, triggerMade } from './created.js';
import { dropped, emptied } from './dropped.js';
import { given } from './given.js';
import { helperCalls } from './helper-call.js';
import { moved, renamed } from './renamed.js';
import { isShapeKnown } from './shapes.js';
import { refusalOf } from './statement-kinds.js';
import type { Told } from './told.js';
import { commented, deleted, inserted, updated } from './written.js';

/** What these statements do, read by PostgreSQL's own parser. Raises SqlError for what it cannot read. */
export async function changesOf(statements: readonly string[]): Promise<Change[]> {
  const changes: Change[] = [];
  for (const text of statements)
    for (const { stmt } of (await parse(text)).stmts ?? [])
      for (const { relation, ...change } of stmt ? told(stmt) : [])
        changes.push({ ...change, text, table: relation?.relname ?? '', schema: schemaOf(relation) });
  return changes;
}

function schemaOf({ catalogname, schemaname }: RangeVar = {}): string {
  return [catalogname, schemaname].filter(Boolean).join('.');
}

function told(node: Node): Told[] {
  const calls = 'SelectStmt' in node ? helperCalls(node.SelectStmt) : undefined;
  return calls ?? [...read(node), ...concealed(node)];
}

/** A kind of statement that is not named here does what nobody looked at, and is refused. */
function read(node: Node): Told[] {
  for (const [statement, body] of Object.entries(node) as [string, object][])
    if (!isShapeKnown(statement, body)) return [{ kind: 'unknown' }];
  if ('CreateStmt' in node) return [created(node.CreateStmt)];
  if ('AlterTableStmt' in node) return altered(node.AlterTableStmt);
  if ('IndexStmt' in node) return [indexed(node.IndexStmt)];
  if ('CreatePolicyStmt' in node) return [policyMade(node.CreatePolicyStmt)];
  if ('CreateFunctionStmt' in node) return functionMade(node.CreateFunctionStmt);
  if ('CreateTrigStmt' in node) return [triggerMade(node.CreateTrigStmt)];
  if ('DropStmt' in node) return dropped(node.DropStmt);
  if ('TruncateStmt' in node) return emptied(node.TruncateStmt);
  if ('RenameStmt' in node) return [renamed(node.RenameStmt)];
  if ('AlterObjectSchemaStmt' in node) return moved(node.AlterObjectSchemaStmt);
  if ('GrantStmt' in node) return [given(node.GrantStmt)];
  if ('InsertStmt' in node) return inserted(node.InsertStmt);
  if ('UpdateStmt' in node) return updated(node.UpdateStmt);
  if ('DeleteStmt' in node) return deleted(node.DeleteStmt);
  if ('CommentStmt' in node) return [commented(node.CommentStmt)];
  return Object.keys(node).map((statement) => ({ kind: refusalOf(statement) }));
}
