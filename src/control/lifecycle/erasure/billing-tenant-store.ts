import type { BillingAccounts } from '#catalog/billing/billing-accounts.js';
import type { CustomerFacts } from '#control/billing/billing-facts.js';
import type { BillingProvider } from '#control/billing/billing-provider.js';
import type { ErasedTenant, StoreFinding, TenantStore } from '#control/lifecycle/tenant-store.js';

/**
 * The customers of a tenant at the billing provider: the one on record for it, and every one whose metadata names it and that is on record for
 * nobody else. Invoices the provider has to keep by law stay there.
 */
export class BillingTenantStore implements TenantStore {
  readonly name = 'billing';

  constructor(
    private readonly provider: Pick<BillingProvider, 'allCustomers' | 'deleteCustomer'>,
    private readonly accounts: Pick<BillingAccounts, 'of' | 'tenantOf'>,
  ) {}

  async search(tenant: ErasedTenant): Promise<StoreFinding[]> {
    const ids = await this.#customersOf(tenant);
    return ids.length > 0 ? [{ kind: 'customers', count: ids.length }] : [];
  }

  async erase(tenant: ErasedTenant): Promise<void> {
    for (const id of await this.#customersOf(tenant)) await this.provider.deleteCustomer(id);
  }

  async #customersOf({ id }: ErasedTenant): Promise<string[]> {
    const recorded = await this.accounts.of(id);
    const ids: string[] = [];
    for await (const customer of this.provider.allCustomers())
      if (!customer.deleted && (customer.id === recorded || (customer.tenantId === id && (await this.#isNobodys(customer)))))
        ids.push(customer.id);
    return ids;
  }

  /** What the provider says of whose it is counts only where the platform says nothing. */
  async #isNobodys({ id }: CustomerFacts): Promise<boolean> {
    return (await this.accounts.tenantOf(id)) === null;
  }
}
