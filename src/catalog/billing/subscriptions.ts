import type { MikroORM } from '@mikro-orm/postgresql';
import {
  SELECT_SUBSCRIPTIONS,
  subscriptionOf,
  type SubscriptionRecord,
  type SubscriptionRow,
} from '#catalog/billing/subscription-record.js';

/** What is known of subscriptions, for whoever reads: written by BillingTurn alone. */
export class Subscriptions {
  constructor(private readonly catalog: MikroORM) {}

  async of(tenantId: string): Promise<SubscriptionRecord | null> {
    const [found] = await this.#read('where s.tenant_id = ?', [tenantId]);
    return found ?? null;
  }

  all(): Promise<SubscriptionRecord[]> {
    return this.#read('order by s.tenant_id', []);
  }

  /**
   * Customers for whom something is to be done without a notice: whose tenants owe, or whose subscription has ended, so that time changes them;
   * and those of cancelled tenants that would be charged for another period.
   */
  waiting(): Promise<{ readonly customerId: string }[]> {
    return this.catalog.em.fork().execute(
      `select c.customer_id as "customerId" from billing_subscription s join billing_customer c using (tenant_id) join tenant t on t.id = s.tenant_id
       where case when t.status = 'cancelled' then s.status not in ('canceled', 'incomplete_expired') and not s.cancel_at_period_end
           else s.status in ('past_due', 'unpaid', 'canceled', 'incomplete_expired') end
       order by s.tenant_id`,
    );
  }

  async #read(which: string, values: unknown[]): Promise<SubscriptionRecord[]> {
    const rows = await this.catalog.em.fork().execute<SubscriptionRow[]>(`${SELECT_SUBSCRIPTIONS} ${which}`, values);
    return rows.map(subscriptionOf);
  }
}
