import { type Permission, SYSTEM_ROLES, type SystemRole } from '#kernel/plugin/permission.js';
import type { RoleSum } from '#workspace/access/role-graph.js';
import { PermissionUnknownError } from '#workspace/access/role.errors.js';

/** Every permission of this release, by name. Raises TypeError when two that differ have one name. */
export class PermissionCatalogue {
  readonly #byName: ReadonlyMap<string, Permission>;

  constructor(permissions: readonly Permission[]) {
    this.#byName = new Map(permissions.map((permission) => [permission.name, permission]));
    const twice = permissions.find((permission) => this.#byName.get(permission.name) !== permission);
    if (twice) throw new TypeError(`${twice.name} is declared twice`);
  }

  get all(): readonly Permission[] {
    return [...this.#byName.values()];
  }

  /** What is not of this release any more is left out. */
  known(names: readonly string[]): readonly Permission[] {
    return names.flatMap((name) => this.#byName.get(name) ?? []);
  }

  /** Raises PermissionUnknownError. */
  require(name: string): Permission {
    const permission = this.#byName.get(name);
    if (!permission) throw new PermissionUnknownError(name);
    return permission;
  }
}

/** The place of a system role in SYSTEM_ROLES; -1 when it is none. */
export function rankOf(role: string): number {
  return SYSTEM_ROLES.indexOf(role as SystemRole);
}

/** Whether this is a system role and whoever has the rank has all that it has. */
export function isWithin(role: string, rank: number): boolean {
  const own = rankOf(role);
  return own >= 0 && own <= rank;
}

/** Everything that roles come to. */
export function permissionsOf({ rank, granted }: RoleSum, catalogue: PermissionCatalogue): readonly Permission[] {
  return catalogue.all.filter(({ name, least }) => isWithin(least, rank) || granted.has(name));
}
