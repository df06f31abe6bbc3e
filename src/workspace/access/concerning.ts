import { isWithin } from '#workspace/access/permission-catalogue.js';
import type { RoleSum } from '#workspace/access/role-graph.js';
import type { StandingOverride } from '#workspace/access/standing.js';

/** An override of some member or machine, or of a role, which then is named by its key. */
export interface HeldOverride extends StandingOverride {
  readonly holderId: string;
}

/** What somebody's roles come to, and whether `owner` is one that they have themselves. */
export interface Concerned extends RoleSum {
  readonly isOwner: boolean;
}

/**
 * Of the overrides of all roles and of somebody those that count for them. What a system role is given, the higher ones have too; what it is
 * denied, they are not. An owner is denied nothing, whichever other role it was denied to and whenever, or a tenant could lose the last who
 * has a right; a machine that an owner made is.
 */
export function concerning(overrides: readonly HeldOverride[], { roles, rank, isOwner }: Concerned): StandingOverride[] {
  return overrides
    .filter(({ holder, effect }) => effect === 'allow' || holder === 'machine' || !isOwner)
    .filter(({ holder, holderId, effect }) => holder !== 'role' || roles.has(holderId) || (effect === 'allow' && isWithin(holderId, rank)));
}
