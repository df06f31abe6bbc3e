import type { BillingAccounts } from '#catalog/billing/billing-accounts.js';
import type { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import type { BillingProvider } from '#control/billing/billing-provider.js';

/** Finds or makes the customer that pays for a tenant. */
export class BillingCustomers {
  constructor(
    private readonly provider: Pick<BillingProvider, 'ensureCustomer' | 'customerOf'>,
    private readonly accounts: BillingAccounts,
    private readonly tenants: Pick<TenantRegistry, 'factsOf'>,
  ) {}

  /** One that was deleted at the provider is made anew, so that its tenant can pay. Raises what BillingProvider raises, and TenantUnknownError. */
  async ensure(tenantId: string): Promise<string> {
    const known = await this.accounts.of(tenantId);
    if (known !== null && (await this.#isStanding(known))) return known;
    const { name, adminEmail } = await this.tenants.factsOf(tenantId);
    const { id } = await this.provider.ensureCustomer({ tenantId, name, email: adminEmail });
    await this.accounts.remember(tenantId, id);
    return id;
  }

  async #isStanding(customerId: string): Promise<boolean> {
    const found = await this.provider.customerOf(customerId);
    return found !== null && !found.deleted;
  }
}
