import type { FlagName } from '#kernel/flags/flag-registry.js';
import { bornAt } from '#kernel/model/uuid.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** Whom a flag is asked for. */
export type FlagSubject = Pick<Tenant, 'id' | 'plan' | 'region'> & { readonly placement: Pick<Tenant['placement'], 'kind'> };

/** Whether something is let out, or switched off, for a tenant now. Answers at once from what this process knows, and never raises. */
export abstract class Flags {
  /** The flag's restrictive side when nothing is known of it. */
  abstract isOn(flag: FlagName, tenant: FlagSubject): boolean;

  /** The name of the variant a tenant has, the same at every process; null without one, and whenever the flag is off. */
  abstract variant(flag: FlagName, tenant: FlagSubject): string | null;
}

/** The month a tenant was made in, like `2026-11`, as its id (UUIDv7) says: old and new tenants can be told apart without a list of them. */
export function cohortOf(tenantId: string): string {
  return bornAt(tenantId).toISOString().slice(0, 7);
}
