import { SetMetadata } from '@nestjs/common';
import type { Permission } from '#kernel/plugin/permission.js';
import type { PlatformPermission } from '#kernel/plugin/platform-permission.js';

/** A schema that validates; what else it can do is its library's affair. */
export interface DoorSchema {
  readonly '~standard': { readonly version: 1 };
}

/** What a route is, needs and answers, beside what its parameters say. */
export interface DoorDescription {
  readonly summary: string;
  /** Status to the schema of its body; null for an answer without one. */
  readonly answers: Readonly<Record<number, DoorSchema | null>>;
  /** Codes of the refusals that are this route's own. */
  readonly refuses?: readonly string[];
  /**
   * What the caller must be allowed: one of a tenant's people on a route of a tenant, one of operators on theirs. Every route of either kind
   * has one, and one without is refused.
   */
  readonly permission?: Permission | PlatformPermission;
  /** The kind of thing that `:id` in the address names, for rights that are given or taken for one of them. A list that says it leaves out what `Access.visible` does. */
  readonly resource?: string;
  /** Whether it makes something: the caller must send an Idempotency-Key, and a repetition does nothing twice. */
  readonly isCreation?: boolean;
  /** Whether an Idempotency-Key is honoured when the caller sends one, and not asked for. */
  readonly isRepeatable?: boolean;
  /** Whether the caller must say which version it means. */
  readonly needsVersion?: boolean;
}

export const DOOR_METADATA = 'tenantry:door';

/** Declares a route: for the guards that hold it to this, and for people and generators. */
export function Door(description: DoorDescription): MethodDecorator {
  return SetMetadata(DOOR_METADATA, description);
}
