import type { Check, Finding } from '#control/doctor/check.js';

/** What one of the platform's roles may on a server, or who may be it, beyond what provisioning gives. */
export interface RoleExcess {
  readonly role: string;
  readonly problem: string;
  /** Takes it away. */
  readonly sql: string;
}

export interface ServerRoles {
  excesses(cluster: string): Promise<readonly RoleExcess[]>;
  takeAway(cluster: string, excess: RoleExcess): Promise<void>;
}

/** Holds attributes and memberships of the platform's roles, once a server, against those that provisioning gives them. */
export class RolesCheck implements Check {
  readonly name = 'roles';

  constructor(
    private readonly roles: ServerRoles,
    /** The names of servers. */
    private readonly clusters: () => Promise<readonly string[]>,
  ) {}

  async look(): Promise<readonly Finding[]> {
    const found: Finding[] = [];
    for (const cluster of await this.clusters()) found.push(...(await this.#look(cluster)));
    return found;
  }

  async #look(cluster: string): Promise<Finding[]> {
    try {
      return (await this.roles.excesses(cluster)).map((excess) => ({
        subject: `role ${excess.role} on ${cluster}`,
        problem: excess.problem,
        mend: () => this.roles.takeAway(cluster, excess),
        mayBeYoung: false,
      }));
    } catch (error) {
      const reason = error instanceof Error ? error.name : 'unknown';
      return [{ subject: `roles on ${cluster}`, problem: `cannot be looked at (${reason})`, mend: null, mayBeYoung: false }];
    }
  }
}
