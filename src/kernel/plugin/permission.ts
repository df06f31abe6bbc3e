/** The roles that every tenant has, from the least to the most; each may what those before it may. */
export const SYSTEM_ROLES = ['viewer', 'member', 'admin', 'owner'] as const;
export type SystemRole = (typeof SYSTEM_ROLES)[number];

/** Something that can be allowed or refused: `resource:action`. */
export interface Permission {
  readonly name: `${string}:${string}`;
  /** The least system role that has it. */
  readonly least: SystemRole;
  /** A refusal of a high risk is put on record, with its reason. */
  readonly risk: 'low' | 'high';
  /** The feature a plan must have for it. */
  readonly feature?: string;
  /** Whether the password must have been given within the last minutes. */
  readonly stepUp?: boolean;
  /** Whether a tenant that may only read has it: when not said, what is called `read`, `verify`, `export` or `explain`. */
  readonly whenReadOnly?: boolean;
}

const READING = /:(read|verify|export|explain)$/;

/** Whether a tenant that may only read still has the permission. */
export function isKeptWhenReadOnly({ name, whenReadOnly }: Permission): boolean {
  return whenReadOnly ?? READING.test(name);
}

/** Declares a permission; what is not said is harmless and in every plan. */
export function permission(
  name: Permission['name'],
  least: SystemRole,
  more: Partial<Omit<Permission, 'name' | 'least'>> = {},
): Permission {
  return Object.freeze({ name, least, risk: 'low', ...more });
}
