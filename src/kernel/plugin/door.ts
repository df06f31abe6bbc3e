import { SetMetadata } from '@nestjs/common';

/** A schema that validates; what else it can do is its library's affair. */
export interface DoorSchema {
  readonly '~standard': { readonly version: 1 };
}

/** What the API's description says of a route beside what its parameters say. */
export interface DoorDescription {
  readonly summary: string;
  /** Status to the schema of its body; null for an answer without one. */
  readonly answers: Readonly<Record<number, DoorSchema | null>>;
  /** Codes of the refusals that are this route's own. */
  readonly refuses?: readonly string[];
  /** Whether the caller must say which version it means. */
  readonly needsVersion?: boolean;
}

export const DOOR_METADATA = 'tenantry:door';

/** Describes a route for people and generators; it changes nothing in how the route works. */
export function Door(description: DoorDescription): MethodDecorator {
  return SetMetadata(DOOR_METADATA, description);
}
