import type { Placement } from '#kernel/tenancy/placement.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** A place by its names, whoever is in it. */
export type Place = Pick<Placement, 'kind' | 'cluster' | 'database' | 'schema' | 'secret'>;

/** How a place is made for a tenant. */
export interface Preparation {
  /** The newest migration of a place that was made before, and is now this tenant's; null when there is none yet. */
  readonly version?: string | null;
  /** Aborted when the outcome is not waited for any more: nothing is begun after that. */
  readonly signal?: AbortSignal;
}

/**
 * Makes and unmakes the place where a tenant's rows live. Every method may be repeated, also after a crash half way; `undo` succeeds
 * when there is nothing left and leaves nothing of the tenant behind. What is made and what is taken away at one time take turns.
 */
export interface IsolationLayer {
  /** The place, at the newest migration, with the tenant's fence, which is closed until it is active. */
  prepare(tenant: Tenant, preparation?: Preparation): Promise<void>;
  /** Asks the place whose it is. Raises IsolationNotVerifiedError when it is not this tenant's, or not as it should be. */
  verify(tenant: Tenant): Promise<void>;
  undo(tenant: Tenant): Promise<void>;
  /** Which traces of the tenant its cluster and the key vault still have; none after `undo`. */
  remains(tenant: Tenant): Promise<readonly string[]>;
  /** Makes the fence agree with the tenant's epoch and status: open for an active tenant, closed for any other. */
  fence(tenant: Tenant): Promise<void>;
}

/** Makes places before anybody asks for one; each method may be repeated, also after a crash half way. */
export interface PlaceMaker {
  /** The newest migration, which places that are made now have. */
  readonly version: string;
  make(place: Place): Promise<void>;
  /** Takes away a place that is nobody's. */
  discard(place: Place): Promise<void>;
}
