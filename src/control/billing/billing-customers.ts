import type { BillingAccounts } from '#catalog/billing/billing-accounts.js';
import type { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import type { BillingProvider } from '#control/billing/billing-provider.js';

/** Finds or makes the customer that pays for a tenant. */
export class BillingCustomers {
  constructor(
    private readonly provider: Pick<BillingProvider, 'ensureCustomer'>,
    private readonly accounts: BillingAccounts,
    private readonly tenants: Pick<TenantRegistry, 'factsOf'>,
  ) {}

  /** Raises what BillingProvider raises, and TenantUnknownError. */
  async ensure(tenantId: string): Promise<string> {
    const known = await this.accounts.of(tenantId);
    if (known !== null) return known;
    const { name, adminEmail } = await this.tenants.factsOf(tenantId);
    const { id } = await this.provider.ensureCustomer({ tenantId, name, email: adminEmail });
    await this.accounts.remember(tenantId, id);
    return id;
  }
}
