import type { BillingBook } from '#catalog/billing/billing-book.js';
import { isLive } from '#control/billing/billing-facts.js';
import type { BillingProvider } from '#control/billing/billing-provider.js';
import { withinTime } from '#control/billing/within-time.js';

/** Takes back that a subscription ends, when its tenant was cancelled and goes on after all. */
export class BillingReturn {
  constructor(
    private readonly book: BillingBook,
    private readonly provider: Pick<BillingProvider, 'withdrawCancellation'>,
  ) {}

  /**
   * In a turn of the customer, so that whoever ends it is not overtaken. It may be repeated; nothing is done for a tenant that is cancelled
   * again. Raises what BillingProvider raises.
   */
  async goOn(customerId: string): Promise<void> {
    await this.book.turn(customerId, async (turn) => {
      const tenant = await turn.tenant();
      const record = tenant && (await turn.subscription(tenant.id));
      if (!tenant || !record || tenant.status === 'cancelled' || !isLive(record.status)) return;
      await withinTime(this.provider.withdrawCancellation(record.subscriptionId));
    });
  }
}
