import type { AlterObjectSchemaStmt, RenameStmt } from 'libpg-query';
import type { Told } from './told.js';

export function renamed({ renameType, relation, subname = '', newname = '' }: RenameStmt): Told {
  if (renameType === 'OBJECT_TABLE' && !newname.startsWith('pg_')) return { kind: 'rename', relation, name: '', to: newname };
  if (renameType === 'OBJECT_COLUMN') return { kind: 'rename', relation, name: subname, to: '' };
  if (renameType === 'OBJECT_TABCONSTRAINT') return { kind: 'rename-constraint', relation, name: subname, to: newname };
  return { kind: renameType === 'OBJECT_POLICY' ? 'fence' : renameType === 'OBJECT_ROLE' ? 'server' : 'unknown' };
}

/** Into another schema is out of the home. */
export function moved({ relation, newschema = '' }: AlterObjectSchemaStmt): Told[] {
  return relation
    ? [
        { kind: 'rename', relation, name: '', to: '' },
        { kind: 'named', relation: { schemaname: newschema } },
      ]
    : [{ kind: 'unknown' }];
}
