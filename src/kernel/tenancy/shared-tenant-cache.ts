import type { Tenant } from '#kernel/tenancy/tenant.js';

/** The right to put one tenant into the shared cache; it is void as soon as the tenant changes, so what was read before is never kept after. */
export interface FillRight {
  readonly tenantId: string;
  readonly token: string;
}

/** What the shared cache has of a tenant and for how long it may still be believed, or else the right to fill it. */
export type SharedAnswer = { readonly tenant: Tenant; readonly freshForMs: number } | { readonly fill: FillRight };

/** Tenants as some process read them lately. Every method fails soft and fast: null means "ask the source", and nothing raises. */
export interface SharedTenantCache {
  find(id: string): Promise<SharedAnswer | null>;
  /** A hint only: the tenant it leads to says its own slug. */
  idOfSlug(slug: string): Promise<string | null>;
  noteSlug(slug: string, id: string): void;
  /** Drops what is kept, voids the rights given for it and gives a new one. */
  renew(id: string): Promise<FillRight | null>;
  keep(tenant: Tenant, right: FillRight): void;
  forget(id: string): Promise<void>;
}
