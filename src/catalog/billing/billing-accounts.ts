import type { MikroORM } from '@mikro-orm/postgresql';

/** Which customer of the payment provider pays for which tenant; what the provider itself says of that counts less. */
export class BillingAccounts {
  constructor(private readonly catalog: MikroORM) {}

  /** A customer made anew takes the place of the one before. Raises UniqueConstraintViolationException for a customer of another tenant. */
  async remember(tenantId: string, customerId: string): Promise<void> {
    await this.catalog.em.fork().execute(
      `insert into billing_customer (tenant_id, customer_id) values (?, ?)
       on conflict (tenant_id) do update set customer_id = excluded.customer_id where billing_customer.customer_id <> excluded.customer_id`,
      [tenantId, customerId],
    );
  }

  /** The customer of a tenant, or null. */
  async of(tenantId: string): Promise<string | null> {
    const [row] = await this.catalog.em
      .fork()
      .execute<{ customer_id: string }[]>('select customer_id from billing_customer where tenant_id = ?', [tenantId]);
    return row?.customer_id ?? null;
  }

  /** The tenant of a customer, or null. */
  async tenantOf(customerId: string): Promise<string | null> {
    const [row] = await this.catalog.em
      .fork()
      .execute<{ tenant_id: string }[]>('select tenant_id from billing_customer where customer_id = ?', [customerId]);
    return row?.tenant_id ?? null;
  }

  /** Every pair, in the order of the customers' ids. */
  all(): Promise<{ readonly tenantId: string; readonly customerId: string }[]> {
    return this.catalog.em
      .fork()
      .execute('select tenant_id as "tenantId", customer_id as "customerId" from billing_customer order by customer_id');
  }

  /** Nothing to forget is fine. */
  async forget(tenantId: string): Promise<void> {
    await this.catalog.em.fork().execute('delete from billing_customer where tenant_id = ?', [tenantId]);
  }
}
