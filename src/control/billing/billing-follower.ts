import type { BillingBook } from '#catalog/billing/billing-book.js';
import type { AppliedStanding } from '#catalog/billing/subscription-record.js';
import { withinTime } from '#control/billing/within-time.js';
import { AtOnce } from '#control/billing/at-once.js';
import { isLive } from '#control/billing/billing-facts.js';
import type { BillingLifecycle } from '#control/billing/billing-lifecycle.js';
import type { BillingProvider } from '#control/billing/billing-provider.js';
import { standingOf } from '#control/billing/billing-standing.js';
import type { BillingAlert } from '#control/billing/billing-sync.js';
import type { TenantStatus } from '#kernel/tenancy/tenant.js';
import type { Clock } from '#kernel/work/clock.js';

/** Each holds a connection to the catalog while what it has done takes another. */
const AT_ONCE = { atOnce: 1, waiting: 10_000 };

export interface BillingFollowerParts {
  readonly book: BillingBook;
  readonly provider: Pick<BillingProvider, 'cancel'>;
  readonly lifecycle: BillingLifecycle;
  readonly clock: Clock;
  readonly alert: BillingAlert;
}

/** Makes tenants as a whole follow what is kept of their subscription: suspended, reinstated, cancelled. */
export class BillingFollower {
  readonly #atOnce = new AtOnce(AT_ONCE);

  constructor(private readonly parts: BillingFollowerParts) {}

  /** In a turn of the customer, so that of two followers the later one has the last word. It may be repeated. */
  async follow(customerId: string): Promise<void> {
    const { book, provider, clock } = this.parts;
    await this.#atOnce.run(() =>
      book.turn(customerId, async (turn) => {
        const tenant = await turn.tenant();
        const record = tenant && (await turn.subscription(tenant.id));
        if (!tenant || !record) return;
        // Whoever left is not charged for another period.
        if (tenant.status === 'cancelled' && isLive(record.status) && !record.cancelAtPeriodEnd)
          await withinTime(provider.cancel({ subscriptionId: record.subscriptionId, at: 'period-end' }));
        const { status } = standingOf(record, clock.now());
        if (status === null || status === record.applied || tenant.status === 'provisioning') return;
        await this.#apply(tenant.id, tenant.status, { from: record.applied, to: status });
        await turn.applied(tenant.id, status);
      }),
    );
  }

  async #apply(
    tenantId: string,
    present: TenantStatus,
    { from, to }: { readonly from: AppliedStanding | null; readonly to: AppliedStanding },
  ): Promise<void> {
    const { lifecycle, alert } = this.parts;
    // Also of one that is cancelled, and whatever came between: it would be suspended for nothing when it is reactivated.
    if (to === 'active' && from !== null) await lifecycle.reinstate(tenantId, { cause: 'billing', reason: 'What was owed is paid.' });
    if (present === 'cancelled') {
      if (to === 'active') alert('billing.paid-while-cancelled', { tenantId });
      return;
    }
    if (to === 'suspended') await lifecycle.suspend(tenantId, { cause: 'billing', reason: 'An invoice was open for too long.' });
    if (to === 'cancelled') await lifecycle.cancel(tenantId, { reason: 'The subscription is over.' });
  }
}
