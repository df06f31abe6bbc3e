import { rankOf } from '#workspace/access/permission-catalogue.js';
import { RoleCycleError, RoleTooDeepError, RoleUnknownError } from '#workspace/access/role.errors.js';

/** A role of a tenant's own, as far as it decides. */
export interface OwnRole {
  readonly key: string;
  /** Keys of roles, own ones or system ones. */
  readonly parents: readonly string[];
  readonly permissions: readonly string[];
}

/** What some roles come to, with everything they inherit. */
export interface RoleSum {
  /** The roles themselves and all their ancestors. */
  readonly roles: ReadonlySet<string>;
  /** The place in SYSTEM_ROLES of the highest system role among them; -1 without any. */
  readonly rank: number;
  readonly granted: ReadonlySet<string>;
}

const DEEP_AT_MOST = 5;

/** The roles of one tenant and what they inherit. */
export class RoleGraph {
  readonly #byKey: ReadonlyMap<string, OwnRole>;

  constructor(roles: readonly OwnRole[]) {
    this.#byKey = new Map(roles.map((role) => [role.key, role]));
  }

  get size(): number {
    return this.#byKey.size;
  }

  has(role: string): boolean {
    return rankOf(role) >= 0 || this.#byKey.has(role);
  }

  /** Raises RoleUnknownError. */
  requireAll(roles: readonly string[]): void {
    const unknown = roles.find((role) => !this.has(role));
    if (unknown !== undefined) throw new RoleUnknownError(unknown);
  }

  /** A role that is not there any more adds nothing. */
  sum(roles: readonly string[]): RoleSum {
    const found = new Set<string>();
    const open = [...roles];
    for (let role = open.pop(); role !== undefined; role = open.pop()) {
      if (found.has(role)) continue;
      found.add(role);
      open.push(...(this.#byKey.get(role)?.parents ?? []));
    }
    return {
      roles: found,
      rank: Math.max(-1, ...[...found].map(rankOf)),
      granted: new Set([...found].flatMap((role) => this.#byKey.get(role)?.permissions ?? [])),
    };
  }

  /** The graph with a role added or replaced. */
  with(role: OwnRole): RoleGraph {
    return new RoleGraph([...this.#byKey.values(), role]);
  }

  /** Raises RoleCycleError, RoleTooDeepError and, for a parent that is not there, RoleUnknownError. */
  requireSound(): void {
    for (const { key, parents } of this.#byKey.values()) {
      this.requireAll(parents);
      this.#walk(key, []);
    }
  }

  #walk(role: string, path: readonly string[]): void {
    const own = this.#byKey.get(role);
    if (!own) return;
    if (path.includes(role)) throw new RoleCycleError([...path.slice(path.indexOf(role)), role]);
    if (path.length === DEEP_AT_MOST) throw new RoleTooDeepError(DEEP_AT_MOST);
    for (const parent of own.parents) this.#walk(parent, [...path, role]);
  }
}
