import type { Tenant } from '#kernel/tenancy/tenant.js';

/** What a store is asked about: whose things are looked for and by which names they go there. */
export type ErasedTenant = Pick<Tenant, 'id' | 'slug' | 'placement'>;

/** So many things of one kind, in words for people, e.g. `rows of shared.tickets on eu-1`. Never the things themselves. */
export interface StoreFinding {
  readonly kind: string;
  readonly count: number;
}

/** Empty when nothing of the tenant is there. */
export type StoreFindings = readonly StoreFinding[];

/**
 * A place where something of a tenant may lie. `search` looks at the store itself, for the tenant's id and its opaque names, and not at any
 * list of ours: what somebody put there by other means is found too. Both may be repeated, also after a crash half way, and raise when the
 * store, or a part of it, cannot be asked: what was not seen is not gone.
 */
export interface TenantStore {
  /** As the certificate names it. */
  readonly name: string;
  search(tenant: ErasedTenant): Promise<StoreFindings>;
  erase(tenant: ErasedTenant): Promise<void>;
}
