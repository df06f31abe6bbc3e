import { type EntityManager, LockMode, UniqueConstraintViolationException } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import type { IfMatch } from '#kernel/plugin/if-match.js';
import { SYSTEM_ROLES, type SystemRole } from '#kernel/plugin/permission.js';
import { PlanCatalogue } from '#kernel/tenancy/plan-terms.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import { AccessChanges } from '../access-changes.js';
import { Access } from '../access.js';
import { PermissionCatalogue, permissionsOf, rankOf } from '../permission-catalogue.js';
import { RoleKeyTakenError, RoleNotFoundError, RolesOverLimitError, SystemRoleFixedError } from '../role.errors.js';
import { RoleGraph } from '../role-graph.js';
import { requireUnused } from './role-use.js';
import { Role } from './role.entity.js';
import type { ChangeRole, CreateRole, RolePage, RoleView } from './role.schemas.js';
import { roleView, systemRoleView } from './role-view.js';

/** The roles of the tenant in scope. Nobody makes or changes one that comes, before or after, to more than they have themselves. */
@Injectable()
export class RolesService {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly access: Access,
    private readonly changes: AccessChanges,
    private readonly catalogue: PermissionCatalogue,
    private readonly plans: PlanCatalogue,
    private readonly audit: AuditTrail,
  ) {}

  async list(): Promise<RolePage> {
    const roles = await this.contexts.open().em.find(Role, {}, { orderBy: { key: 'asc' } });
    const graph = new RoleGraph(roles);
    const data = [
      ...SYSTEM_ROLES.map((key) => systemRoleView(key, graph, this.catalogue)),
      ...roles.map((role) => roleView(role, graph, this.catalogue)),
    ];
    return { data, nextCursor: null };
  }

  /** Raises RoleNotFoundError. */
  async get(id: string): Promise<RoleView> {
    const roles = await this.contexts.open().em.find(Role, {});
    const graph = new RoleGraph(roles);
    return rankOf(id) >= 0 ? systemRoleView(id as SystemRole, graph, this.catalogue) : roleView(named(roles, id), graph, this.catalogue);
  }

  /** Raises the errors of roles: no room, key taken, unknown parent or permission, too deep, beyond one's own rights. */
  async create(input: CreateRole): Promise<RoleView> {
    return this.#changing(async (transaction, roles) => {
      const { em, tenant } = transaction;
      if (roles.some(({ key }) => key === input.key)) throw new RoleKeyTakenError(input.key);
      this.#requireRoom(tenant, roles.length + 1);
      this.#requireKnown(input.permissions);
      const role = em.create(Role, { ...input, tenantId: tenant.id, version: 1 });
      const graph = await this.#judge([...roles, role], role.key);
      await flushed(em, role.key);
      this.#record('role.created', role, {});
      // Its audit entry was written by then, in this tenant's turn, so whoever made a role at the same time is counted.
      transaction.beforeCommit(async () => this.#requireRoom(tenant, await em.count(Role)));
      return roleView(role, graph, this.catalogue);
    });
  }

  /** Raises RoleNotFoundError, SystemRoleFixedError, StaleVersionError, and what `create` raises. */
  async change(id: string, match: IfMatch, changes: ChangeRole): Promise<RoleView> {
    return this.#changing(async ({ em, tenant }, roles) => {
      const role = named(roles, id);
      match.require(role.version);
      this.#requireRoom(tenant, roles.length);
      await this.#judge(roles, role.key);
      const { name, parents, permissions } = role;
      // What an older release knew may stay where it is; it gives nothing.
      this.#requireKnown((changes.permissions ?? []).filter((added) => !permissions.includes(added)));
      em.assign(role, changes);
      const graph = await this.#judge(roles, role.key);
      await em.flush();
      this.#record('role.changed', role, { name, parents, permissions });
      return roleView(role, graph, this.catalogue);
    });
  }

  /** Raises RoleNotFoundError, SystemRoleFixedError, StaleVersionError, BeyondOwnRightsError and RoleInUseError. */
  async remove(id: string, match: IfMatch): Promise<void> {
    await this.#changing(async (transaction, roles) => {
      const role = named(roles, id);
      match.require(role.version);
      await this.#judge(roles, role.key);
      await requireUnused(transaction, role, roles);
      transaction.em.remove(role);
      await transaction.em.flush();
      this.#record('role.deleted', role, {});
    });
  }

  /** Changes come one after the other: each holds all roles, or two could make each other's ancestor. */
  async #changing<T>(work: (transaction: TenantTransaction, roles: Role[]) => Promise<T>): Promise<T> {
    return this.contexts.transaction(async (transaction) => {
      const roles = await transaction.em.find(Role, {}, { orderBy: { key: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE });
      const result = await work(transaction, roles);
      transaction.afterCommit(() => this.changes.changed(transaction.tenant.id));
      return result;
    });
  }

  /** Raises unless the roles are sound and all that this one comes to is the caller's to give. */
  async #judge(roles: readonly Role[], key: string): Promise<RoleGraph> {
    const graph = new RoleGraph(roles);
    graph.requireSound();
    await this.access.requireMayGive(permissionsOf(graph.sum([key]), this.catalogue));
    return graph;
  }

  #requireKnown(names: readonly string[]): void {
    for (const name of names) this.catalogue.require(name);
  }

  #requireRoom(tenant: Tenant, count: number): void {
    const { customRoles } = this.plans.entitlementsOf(tenant).limits;
    if (count > customRoles) throw new RolesOverLimitError(customRoles);
  }

  #record(action: 'role.created' | 'role.changed' | 'role.deleted', role: Role, before: Partial<Record<keyof ChangeRole, unknown>>): void {
    const changes = Object.entries(before)
      .map(([path, old]) => ({ path, old, new: role[path as keyof ChangeRole] }))
      .filter(({ old, new: now }) => JSON.stringify(old) !== JSON.stringify(now));
    this.audit.record({ action, targets: [{ type: 'role', id: role.id }], changes, details: { role: role.key } });
  }
}

function named(roles: readonly Role[], id: string): Role {
  if (rankOf(id) >= 0) throw new SystemRoleFixedError(id);
  const role = roles.find((found) => found.id === id.toLowerCase());
  if (!role) throw new RoleNotFoundError(id);
  return role;
}

async function flushed(em: EntityManager, key: string): Promise<void> {
  try {
    await em.flush();
  } catch (error) {
    if (error instanceof UniqueConstraintViolationException) throw new RoleKeyTakenError(key, { cause: error });
    throw error;
  }
}
