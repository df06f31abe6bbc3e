import type { Tenant } from '#kernel/tenancy/tenant.js';

/** Who the tenants are. Answers are frozen snapshots; null means there is none. Raises when the records cannot be read. */
export interface TenantDirectory {
  bySlug(slug: string): Promise<Tenant | null>;
  byId(id: string): Promise<Tenant | null>;
  /** Only a domain that was verified answers. */
  byDomain(domain: string): Promise<Tenant | null>;
  /** Reads past every cache: used when the database said that what we knew is out of date. */
  refresh(id: string): Promise<Tenant | null>;
}
