import type { Placement } from '#kernel/tenancy/placement.js';

export type TenantStatus = 'provisioning' | 'active' | 'suspended' | 'cancelled';

/** A frozen snapshot of one tenant: what was bought (`plan`) and where it landed (`placement`) are two facts. */
export interface Tenant {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly plan: string;
  readonly status: TenantStatus;
  readonly region: string;
  readonly placement: Placement;
}
