import { rowTime } from '#kernel/model/row-time.js';
import { mainRoleOf } from '../main-role.js';
import type { MemberTables } from '../member-tables.js';
import type { Member } from '../member.entity.js';
import type { UserView } from './user.schemas.js';

/** A member of the entity manager, for callers. */
export function userView({ id, email, name, roles, status, version, createdAt, updatedAt }: Member): UserView {
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { id, email, name, role: mainRoleOf(roles), roles, status, version, ...times };
}

/** A row of a list, for callers. */
export function userViewOfRow(row: Omit<MemberTables['member'], 'tenant_id' | 'password_hash' | 'password_changed_at'>): UserView {
  const { created_at, updated_at, roles, ...same } = row;
  return {
    ...same,
    role: mainRoleOf(roles),
    roles,
    createdAt: rowTime(created_at).toISOString(),
    updatedAt: rowTime(updated_at).toISOString(),
  };
}
