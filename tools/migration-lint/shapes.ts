/** What a statement that is let through may be made of. Any other part of it (another tablespace, a partition, OR REPLACE) makes it unknown. */
const SHAPES: Readonly<Record<string, string>> = {
  CreateStmt: 'relation tableElts oncommit if_not_exists',
  IndexStmt:
    'idxname relation accessMethod indexParams indexIncludingParams options whereClause unique nulls_not_distinct concurrent if_not_exists',
  CreatePolicyStmt: 'policy_name table cmd_name permissive roles qual with_check',
  CreateFunctionStmt: 'funcname parameters returnType options',
  CreateTrigStmt: 'trigname relation funcname args row timing events columns whenClause',
  CommentStmt: 'objtype object comment',
  InsertStmt: 'relation cols selectStmt onConflictClause withClause override returningClause',
};

/** Whether all that a statement says is known. One that is not listed here is read whole by its reader. */
export function isShapeKnown(statement: string, body: object): boolean {
  const parts = SHAPES[statement]?.split(' ');
  return !parts || Object.keys(body).every((part) => parts.includes(part));
}
