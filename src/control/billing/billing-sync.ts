import type { BillingBook } from '#catalog/billing/billing-book.js';
import type { BilledTenant, BillingTurn } from '#catalog/billing/billing-turn.js';
import type { SubscriptionRecord } from '#catalog/billing/subscription-record.js';
import { AtOnce } from '#control/billing/at-once.js';
import type { BillingProvider } from '#control/billing/billing-provider.js';
import { standingOf } from '#control/billing/billing-standing.js';
import { chosenSubscription } from '#control/billing/chosen-subscription.js';
import { isNews, owingNotice } from '#control/billing/owing-notices.js';
import { BILLING_WORKS } from '#control/billing/billing-plans.js';
import { changesOf } from '#control/billing/billing-changes.js';
import { recordOf } from '#control/billing/record-of.js';
import { withinTime } from '#control/billing/within-time.js';
import { tenantTarget } from '#catalog/audit/platform-act.js';
import type { PlanCatalogue } from '#kernel/tenancy/plan-terms.js';
import type { Clock } from '#kernel/work/clock.js';

/** Of the few connections that a process has to the catalog, so many may wait for the provider at once. */
const AT_ONCE = { atOnce: 2, waiting: 10_000 };
const UNKNOWN = 'billing.customer-unknown';

/** Told of what somebody should look at: what is alarming, and about whom. */
export type BillingAlert = (alert: string, details: Readonly<Record<string, unknown>>) => void;

export interface BillingSyncParts {
  readonly book: BillingBook;
  readonly provider: Pick<BillingProvider, 'subscriptionsOf' | 'customerOf'>;
  readonly plans: PlanCatalogue;
  readonly clock: Clock;
  readonly alert: BillingAlert;
}

/** Writes down what the provider has of a customer now, and what follows from it for the tenant's terms; what notices say is never applied. */
export class BillingSync {
  readonly #atOnce = new AtOnce(AT_ONCE);

  constructor(private readonly parts: BillingSyncParts) {}

  /**
   * Asks and writes in one turn of the customer, so that nothing older is ever written over something newer. A customer that is nobody's keeps
   * its notices for later; so does one that the provider has never had, of which nothing is changed, for then the provider is another. Raises
   * BillingUnavailableError.
   */
  async fetch(customerId: string): Promise<'synced' | 'unmatched'> {
    const { book, provider, clock, alert, plans } = this.parts;
    return this.#atOnce.run(() =>
      book.turn(customerId, async (turn) => {
        const now = clock.now();
        const notices = await turn.openNotices();
        const tenant = await turn.tenant();
        if (!tenant) {
          // Of an erased tenant it is deleted, and nobody will ever claim its notices.
          const isOver = (await withinTime(provider.customerOf(customerId)))?.deleted ?? false;
          await turn.settleNotices(notices, isOver ? 'processed' : 'unmatched', now, isOver ? null : UNKNOWN);
          return 'unmatched';
        }
        const found = chosenSubscription(await withinTime(provider.subscriptionsOf(customerId)));
        if (!found && !(await withinTime(provider.customerOf(customerId)))) {
          alert('billing.customer-missing', { customerId, tenantId: tenant.id });
          await turn.settleNotices(notices, 'unmatched', now, UNKNOWN);
          return 'unmatched';
        }
        const before = await turn.subscription(tenant.id);
        await turn.settleNotices(notices, 'processed', now);
        const after = recordOf(found, before, { tenantId: tenant.id, plans, now });
        if (!after) return 'synced';
        const stranger = found?.tenantIdInMetadata ?? tenant.id;
        if (stranger !== tenant.id) alert('billing.mismatch', { customerId, tenantId: tenant.id, inMetadata: stranger });
        if (after.plan === null) alert('billing.price-unknown', { customerId, tenantId: tenant.id, price: after.priceId });
        await this.#write(turn, tenant, before, after);
        if (stranger !== tenant.id && before?.subscriptionId !== after.subscriptionId)
          await turn.record({
            action: 'billing.mismatch',
            targets: targetsOf(after),
            details: { inMetadata: stranger },
            outcome: 'failure',
          });
        return 'synced';
      }),
    );
  }

  /** What time alone has changed since the provider was last asked. */
  async settle(customerId: string): Promise<void> {
    await this.parts.book.turn(customerId, async (turn) => {
      const tenant = await turn.tenant();
      const before = tenant && (await turn.subscription(tenant.id));
      if (!tenant || !before || tenant.status === 'cancelled') return;
      await this.#write(turn, tenant, before, before);
    });
  }

  async #write(turn: BillingTurn, tenant: BilledTenant, before: SubscriptionRecord | null, after: SubscriptionRecord): Promise<void> {
    const now = this.parts.clock.now();
    const access = standingOf(after, now).access ?? tenant.access;
    const plan = givesPlan(after) ? after.plan : tenant.plan;
    const notice = owingNotice(after, now);
    const told = after.pastDueSince || after.unpaidSince || after.status === 'paused' ? after.told : null;
    const isTold = isNews(notice, told) && tenant.status !== 'cancelled';
    const changes = changesOf(tenant, before, { plan, access, record: after });
    if (before !== after || isTold) await turn.keep({ ...after, told: isTold ? notice : told });
    await turn.setTerms(tenant.id, { plan, access, billedFrom: after.periodStart, billedUntil: after.periodEnd });
    const wanted = this.parts.plans.terms.get(plan)?.isolation ?? tenant.kind;
    await turn.wish(tenant.id, wanted === tenant.kind ? null : wanted, now);
    if (isTold) await turn.enqueue({ kind: BILLING_WORKS.tell, input: { tenantId: tenant.id, notice }, tenantId: tenant.id });
    if (changes.length > 0) await turn.record({ action: 'billing.change', targets: targetsOf(after), changes });
  }
}

/** A first payment that has not come, and a subscription that is over, change nothing of the plan. */
function givesPlan(record: SubscriptionRecord): record is SubscriptionRecord & { readonly plan: string } {
  return record.plan !== null && !['incomplete', 'incomplete_expired', 'canceled'].includes(record.status);
}

function targetsOf({ tenantId, subscriptionId }: SubscriptionRecord): { type: string; id: string }[] {
  return [tenantTarget(tenantId), { type: 'subscription', id: subscriptionId }];
}
