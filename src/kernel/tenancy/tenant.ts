import type { EntitlementOverride } from '#kernel/tenancy/entitlements.js';
import type { Placement } from '#kernel/tenancy/placement.js';

export type TenantStatus = 'provisioning' | 'active' | 'suspended' | 'cancelled';
/** Whether an active tenant may change anything; one that owes money for long may only read. */
export type TenantAccess = 'full' | 'read-only';

/** A frozen snapshot of one tenant: what was bought (`plan`) and where it landed (`placement`) are two facts. */
export interface Tenant {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly plan: string;
  readonly status: TenantStatus;
  readonly access: TenantAccess;
  readonly region: string;
  readonly placement: Placement;
  /** What was agreed beside the terms of the plan. */
  readonly overrides: readonly EntitlementOverride[];
  /** The period it is billed for, as far as is known (RFC 3339): what is counted by period is counted in this one. Null for months of the calendar. */
  readonly billedFrom: string | null;
  readonly billedUntil: string | null;
  /** The newest migration its tables have had, as far as is known, and the newest of those that older builds cannot serve ('' for none). */
  readonly homeVersion: string | null;
  readonly homeNeeds: string | null;
}
