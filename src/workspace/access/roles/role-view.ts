import { SYSTEM_ROLES, type SystemRole } from '#kernel/plugin/permission.js';
import { type PermissionCatalogue, permissionsOf, rankOf } from '../permission-catalogue.js';
import type { RoleGraph } from '../role-graph.js';
import type { Role } from './role.entity.js';
import type { RoleView } from './role.schemas.js';

/** A role of the tenant's own, for callers. */
export function roleView(role: Role, graph: RoleGraph, catalogue: PermissionCatalogue): RoleView {
  const { id, key, name, parents, permissions, version, createdAt, updatedAt } = role;
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { id, key, name, isSystem: false, parents, permissions, all: allOf(key, graph, catalogue), version, ...times };
}

/** A role of the system, for callers: each inherits from the one before it. */
export function systemRoleView(key: SystemRole, graph: RoleGraph, catalogue: PermissionCatalogue): RoleView {
  const parents = SYSTEM_ROLES.slice(Math.max(rankOf(key) - 1, 0), rankOf(key));
  const permissions = catalogue.all.filter(({ least }) => least === key).map(({ name }) => name);
  const name = `${key.charAt(0).toUpperCase()}${key.slice(1)}`;
  const all = allOf(key, graph, catalogue);
  return { id: key, key, name, isSystem: true, parents, permissions, all, version: 1, createdAt: null, updatedAt: null };
}

function allOf(key: string, graph: RoleGraph, catalogue: PermissionCatalogue): string[] {
  return permissionsOf(graph.sum([key]), catalogue).map(({ name }) => name);
}
