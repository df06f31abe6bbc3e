import type { BillingProvider } from '#control/billing/billing-provider.js';
import type { ErasedTenant, StoreFinding, TenantStore } from '#control/lifecycle/tenant-store.js';

/** The customers of a tenant at the billing provider: every one whose metadata names the tenant. Invoices the provider has to keep by law stay there. */
export class BillingTenantStore implements TenantStore {
  readonly name = 'billing';

  constructor(private readonly provider: Pick<BillingProvider, 'allCustomers' | 'deleteCustomer'>) {}

  async search(tenant: ErasedTenant): Promise<StoreFinding[]> {
    const ids = await this.#customersOf(tenant);
    return ids.length > 0 ? [{ kind: 'customers', count: ids.length }] : [];
  }

  async erase(tenant: ErasedTenant): Promise<void> {
    for (const id of await this.#customersOf(tenant)) await this.provider.deleteCustomer(id);
  }

  async #customersOf({ id }: ErasedTenant): Promise<string[]> {
    const ids: string[] = [];
    for await (const customer of this.provider.allCustomers()) if (customer.tenantId === id && !customer.deleted) ids.push(customer.id);
    return ids;
  }
}
