import type { Permission } from '#kernel/plugin/permission.js';
import { isInForce } from '#workspace/access/decision.js';
import { isWithin } from '#workspace/access/permission-catalogue.js';
import { isSameId, type Resource } from '#workspace/access/resource.js';
import type { Standing, StandingOverride } from '#workspace/access/standing.js';

/**
 * Whether somebody may give a permission on, for a thing, all of a kind or, without either, everything: they must have it themselves, on all of that and without an end. A refusal of any
 * part of that counts; the plan and the time of the last password do not.
 */
export function mayGive(standing: Standing, { name, least }: Permission, given: Resource | undefined, now: number): boolean {
  const { isActive, overrides, keyPermissions, rank, granted } = standing;
  const own = overrides.filter((override) => override.permission === name && isInForce(override, now));
  const isDenied = own.some((override) => override.effect === 'deny' && meets(override, given));
  if (!isActive || isDenied || (keyPermissions && !keyPermissions.includes(name))) return false;
  if (isWithin(least, rank) || granted.has(name)) return true;
  return own.some((override) => isLasting(override) && override.holder !== 'machine' && covers(override, given));
}

function isLasting({ effect, expiresAt }: StandingOverride): boolean {
  return effect === 'allow' && expiresAt === null;
}

/** Whether an override and what is given have anything in common. */
function meets({ kind, id }: StandingOverride, given: Resource | undefined): boolean {
  if (given === undefined || kind === null) return true;
  if (kind !== given.kind) return false;
  return id === null || given.id === undefined || isSameId(id, given.id);
}

/** Whether an override has all that is given. */
function covers({ kind, id }: StandingOverride, given: Resource | undefined): boolean {
  if (kind === null) return true;
  if (given?.kind !== kind) return false;
  return id === null || isSameId(id, given.id);
}
