import type Stripe from 'stripe';
import type { CustomerFacts } from '#control/billing/billing-facts.js';
import type { WantedCustomer } from '#control/billing/billing-provider.js';
import type { StripeCalls } from '#adapters/stripe/stripe-calls.js';
import { isMissing } from '#adapters/stripe/stripe-failure.js';

/** Customers, each of one tenant by its metadata. */
export class StripeCustomers {
  constructor(private readonly calls: StripeCalls) {}

  async ensure({ tenantId, name, email }: WantedCustomer): Promise<{ readonly id: string }> {
    const find = async (): Promise<Stripe.Customer | undefined> => this.find(tenantId, email);
    const made =
      (await find()) ??
      (await this.calls.write<Stripe.Customer>(
        `customer:${tenantId}`,
        (stripe, key) => stripe.customers.create({ name, email, metadata: { tenant_id: tenantId } }, key),
        async (remembered) => (remembered ? this.standing(remembered) : find()),
      ));
    return { id: made.id };
  }

  async delete(id: string): Promise<void> {
    try {
      await this.calls.write<Stripe.DeletedCustomer>(
        `delete-customer:${id}`,
        (stripe, key) => stripe.customers.del(id, {}, key),
        async () => {
          const found = await this.of(id);
          return !found || found.deleted ? { id, object: 'customer' as const, deleted: true as const } : undefined;
        },
      );
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  async of(id: string): Promise<CustomerFacts | null> {
    const found = await this.calls.find((stripe) => stripe.customers.retrieve(id));
    return found && factsOf(found);
  }

  async *all(): AsyncGenerator<CustomerFacts> {
    for await (const each of this.calls.all((stripe, from) => stripe.customers.list(from))) yield factsOf(each);
  }

  /** By the address first: that list knows a customer at once, while the search is minutes behind. The oldest counts. */
  private async find(tenantId: string, email: string): Promise<Stripe.Customer | undefined> {
    const found: Stripe.Customer[] = [];
    for await (const each of this.calls.all((stripe, from) => stripe.customers.list({ ...from, email })))
      if (each.metadata['tenant_id'] === tenantId) found.push(each);
    if (found.length === 0) {
      const query = `metadata['tenant_id']:'${tenantId.replaceAll(/[\\']/g, '\\$&')}'`;
      const { data } = await this.calls.read((stripe) => stripe.customers.search({ query, limit: 100 }));
      for (const each of data) if (await this.standing(each)) found.push(each);
    }
    return found.sort((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1))[0];
  }

  /** What is remembered or searched may be deleted since. */
  private async standing(customer: Stripe.Customer): Promise<Stripe.Customer | undefined> {
    const found = await this.of(customer.id);
    return found && !found.deleted ? customer : undefined;
  }
}

function factsOf(customer: Stripe.Customer | Stripe.DeletedCustomer): CustomerFacts {
  if (customer.deleted) return { id: customer.id, tenantId: null, createdAt: new Date(0), deleted: true };
  const { id, metadata, created } = customer;
  return { id, tenantId: metadata['tenant_id'] ?? null, createdAt: new Date(created * 1_000), deleted: false };
}
