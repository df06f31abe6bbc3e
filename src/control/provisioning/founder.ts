import type { Tenant } from '#kernel/tenancy/tenant.js';

/** What is known of a tenant from who asked for it. */
export interface FoundingFacts {
  readonly name: string;
  readonly adminEmail: string;
  readonly adminName?: string;
}

/** Gives a tenant that has just become active what it must never be without. It may be repeated. */
export type Founder = (tenant: Tenant, facts: FoundingFacts) => Promise<void>;
