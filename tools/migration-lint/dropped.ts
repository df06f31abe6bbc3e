import type { DropStmt, RangeVar, TruncateStmt } from 'libpg-query';
import type { Refused } from './change.js';
import { namesOf } from './column-of.js';
import type { Told } from './told.js';

const GUARDS: Partial<Record<NonNullable<DropStmt['removeType']>, Refused>> = {
  OBJECT_POLICY: 'fence',
  OBJECT_TRIGGER: 'trigger',
  OBJECT_RULE: 'trigger',
  OBJECT_SCHEMA: 'server',
  OBJECT_EXTENSION: 'server',
};

/** Tables and indexes are dropped by migrations, and nothing else is. */
export function dropped({ objects = [], removeType = 'OBJECT_TABLE', concurrent = false, missing_ok = false, behavior }: DropStmt): Told[] {
  const further: Told[] = behavior === 'DROP_CASCADE' ? [{ kind: 'cascade' }] : [];
  const names = objects.map((object) => ('List' in object ? namesOf(object.List.items) : []));
  if (removeType === 'OBJECT_INDEX') {
    const drop = { kind: 'drop-index', isConcurrent: concurrent, isRepeatable: missing_ok } as const;
    return [
      ...names.flatMap((path): Told[] => [drop, { kind: 'named', relation: { schemaname: path.slice(0, -1).join('.') } }]),
      ...further,
    ];
  }
  if (removeType === 'OBJECT_TABLE') return [...names.flatMap((path) => dropOf(relationAt(path))), ...further];
  return [{ kind: GUARDS[removeType] ?? 'unknown' }, ...further];
}

export function emptied({ relations = [], behavior }: TruncateStmt): Told[] {
  const drops = relations.flatMap((one): Told[] => ('RangeVar' in one ? [{ kind: 'drop-table', relation: one.RangeVar }] : []));
  return behavior === 'DROP_CASCADE' ? [...drops, { kind: 'cascade' }] : drops;
}

function dropOf(relation: RangeVar): Told[] {
  return [
    { kind: 'drop-table', relation },
    { kind: 'named', relation },
  ];
}

function relationAt(path: readonly string[]): RangeVar {
  return { relname: path.at(-1) ?? '', schemaname: path.slice(0, -1).join('.') };
}
