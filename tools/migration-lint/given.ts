import type { GrantStmt } from 'libpg-query';
import type { Told } from './told.js';

const PRIVILEGES = ['select', 'insert', 'update', 'delete', 'usage'];

/** A grant; or one that is taken back, which takes from whoever uses it. */
export function given({ is_grant, targtype, objtype, objects = [], privileges = [], grantees = [], grant_option }: GrantStmt): Told {
  const [first] = objects;
  const relation = first && 'RangeVar' in first ? first.RangeVar : undefined;
  if (!is_grant) return { kind: 'take', relation };
  const names = privileges.map((node) => ('AccessPriv' in node ? (node.AccessPriv.priv_name ?? 'all') : 'all'));
  return {
    kind: 'give',
    relation,
    isPlain:
      targtype === 'ACL_TARGET_OBJECT' &&
      (objtype === 'OBJECT_TABLE' || objtype === 'OBJECT_SCHEMA') &&
      !grant_option &&
      names.length > 0 &&
      names.every((name) => PRIVILEGES.includes(name)),
    roles: grantees.map((node) => ('RoleSpec' in node ? (node.RoleSpec.rolename ?? 'public') : 'public')),
  };
}
