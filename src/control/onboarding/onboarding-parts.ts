import type { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import type { WorkBook } from '#catalog/work/work-book.js';
import type { BillingProvider } from '#control/billing/billing-provider.js';
import type { OnboardingInput } from '#control/onboarding/onboarding-plan.js';
import type { Founder } from '#control/provisioning/founder.js';
import type { IsolationLayer } from '#control/provisioning/isolation-layer.js';
import type { OwnServers } from '#control/provisioning/own-servers.js';
import type { WorkStep } from '#control/work/work-kind.js';
import type { PlanCatalogue } from '#kernel/tenancy/plan-terms.js';

/** Which customer of the billing provider a tenant is. */
export interface BillingAccounts {
  /** Repeating it changes nothing. */
  remember(tenantId: string, customerId: string): Promise<void>;
  /** Null when it is none yet. */
  of(tenantId: string): Promise<string | null>;
}

/** What the making of tenants works with. */
export interface OnboardingParts {
  readonly tenants: TenantRegistry;
  readonly works: WorkBook;
  readonly isolation: IsolationLayer;
  readonly billing: BillingProvider;
  readonly accounts: BillingAccounts;
  readonly plans: PlanCatalogue;
  readonly found: Founder;
  readonly servers: Pick<OwnServers, 'prepare' | 'detach'>;
}

/** What a step does in both directions. */
export type OnboardingPart = Omit<WorkStep<OnboardingInput>, 'name'>;
