import type { Permission } from '#kernel/plugin/permission.js';

/** What somebody who runs the platform may be; an owner may everything. */
export const OPERATOR_ROLES = ['support', 'operator', 'billing', 'security', 'owner'] as const;
export type OperatorRole = (typeof OPERATOR_ROLES)[number];

/** Something that an operator can be allowed or refused, over tenants or the platform itself. */
export interface PlatformPermission {
  readonly name: `platform.${string}:${string}`;
  /** The roles that have it. */
  readonly operators: readonly OperatorRole[];
  /** A refusal of a high risk is put on record. */
  readonly risk: 'low' | 'high';
}

/** Declares a permission of operators; owners have it without being named. */
export function platformPermission(
  name: PlatformPermission['name'],
  operators: readonly Exclude<OperatorRole, 'owner'>[],
  risk: PlatformPermission['risk'] = 'low',
): PlatformPermission {
  return Object.freeze({ name, operators: Object.freeze([...operators, 'owner'] as const), risk });
}

/** Whether a permission is one of operators, and not of a tenant's people. */
export function isPlatformPermission(asked: Permission | PlatformPermission | undefined): asked is PlatformPermission {
  return asked !== undefined && 'operators' in asked;
}
