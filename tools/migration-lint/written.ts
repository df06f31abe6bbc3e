import type { CommentStmt, DeleteStmt, InsertStmt, Node, UpdateStmt } from 'libpg-query';
import { namesOf } from './column-of.js';
import type { Told } from './told.js';

/** A few rows that the statement itself holds are written in no time; those of a query are as many as there are. */
export function inserted({ relation, selectStmt, withClause, onConflictClause }: InsertStmt): Told[] {
  const isOfValues = !withClause && selectStmt && 'SelectStmt' in selectStmt && selectStmt.SelectStmt.valuesLists !== undefined;
  return [{ kind: isOfValues ? 'harmless' : 'write', relation }, ...givenAway(onConflictClause?.targetList)];
}

export function updated({ relation, targetList }: UpdateStmt): Told[] {
  return [{ kind: 'write', relation }, ...givenAway(targetList)];
}

/** Of every row it is what TRUNCATE is. */
export function deleted({ relation, whereClause, usingClause }: DeleteStmt): Told[] {
  return whereClause || usingClause
    ? [{ kind: 'write', relation }]
    : [
        { kind: 'write', relation },
        { kind: 'take', relation },
      ];
}

/** Rows that are there get another tenant. */
function givenAway(targets: readonly Node[] = []): Told[] {
  return targets.some((node) => 'ResTarget' in node && node.ResTarget.name === 'tenant_id') ? [{ kind: 'write-tenant' }] : [];
}

const COMMENTED: Partial<Record<NonNullable<CommentStmt['objtype']>, number>> = {
  OBJECT_TABLE: 1,
  OBJECT_INDEX: 1,
  OBJECT_COLUMN: 2,
  OBJECT_TABCONSTRAINT: 2,
};

export function commented({ objtype = 'OBJECT_AGGREGATE', object }: CommentStmt): Told {
  const names = object && 'List' in object ? namesOf(object.List.items) : [];
  return { kind: names.length === COMMENTED[objtype] ? 'harmless' : 'unknown' };
}
