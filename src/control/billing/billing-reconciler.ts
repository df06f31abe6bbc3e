import type { BillingAccounts } from '#catalog/billing/billing-accounts.js';
import type { Subscriptions } from '#catalog/billing/subscriptions.js';
import type { SubscriptionRecord } from '#catalog/billing/subscription-record.js';
import type { WorkBook } from '#catalog/work/work-book.js';
import type { BillingFollower } from '#control/billing/billing-follower.js';
import type { SubscriptionFacts } from '#control/billing/billing-facts.js';
import { BILLING_WORKS } from '#control/billing/billing-plans.js';
import type { BillingProvider } from '#control/billing/billing-provider.js';
import type { BillingAlert, BillingSync } from '#control/billing/billing-sync.js';
import { chosenSubscription } from '#control/billing/chosen-subscription.js';
import { recordOf } from '#control/billing/record-of.js';
import { failureText } from '#kernel/jobs/job-failure.js';
import type { PlanCatalogue } from '#kernel/tenancy/plan-terms.js';
import type { Clock } from '#kernel/work/clock.js';

/** What was found when everything was compared. */
export interface ReconcileReport {
  readonly checked: number;
  readonly repaired: number;
  /** Customers at the provider that are no tenant's. */
  readonly unmatched: number;
  /** Customers of tenants that the provider does not have. */
  readonly missing: number;
  /** Those that could not be repaired now; they are tried again by themselves, or the next time. */
  readonly failed: number;
}

export interface BillingReconcilerParts {
  readonly accounts: BillingAccounts;
  readonly subscriptions: Subscriptions;
  readonly provider: Pick<BillingProvider, 'allSubscriptions' | 'allCustomers'>;
  readonly sync: BillingSync;
  readonly follower: BillingFollower;
  readonly works: WorkBook;
  readonly plans: PlanCatalogue;
  readonly clock: Clock;
  readonly alert: BillingAlert;
}

/** Compares everything the provider has with everything that is kept, whatever notices came or did not. */
export class BillingReconciler {
  constructor(private readonly parts: BillingReconcilerParts) {}

  /** Repairs what differs. Raises BillingUnavailableError when the provider cannot be read to its end; what was repaired by then stays. */
  async reconcile(signal?: AbortSignal): Promise<ReconcileReport> {
    const { accounts, alert } = this.parts;
    const [known, kept] = [await accounts.all(), await this.#kept()];
    const tenants = new Map(known.map(({ tenantId, customerId }) => [customerId, tenantId]));
    const found = await this.#found(tenants, signal);
    let [repaired, failed] = [0, 0];
    for (const { tenantId, customerId } of known) {
      signal?.throwIfAborted();
      const before = kept.get(tenantId) ?? null;
      if (!this.#differs(tenantId, before, found.get(customerId) ?? [])) continue;
      if (await this.#repair(customerId)) repaired += 1;
      else failed += 1;
    }
    const strangers = await this.#customers(tenants, signal);
    if (strangers.missing > 0) alert('billing.customer-missing', { customers: strangers.missing });
    return { checked: known.length, repaired, failed, ...strangers };
  }

  async #kept(): Promise<ReadonlyMap<string, SubscriptionRecord>> {
    const records = await this.parts.subscriptions.all();
    return new Map(records.map((record) => [record.tenantId, record]));
  }

  async #found(tenants: ReadonlyMap<string, string>, signal?: AbortSignal): Promise<ReadonlyMap<string, SubscriptionFacts[]>> {
    const found = new Map<string, SubscriptionFacts[]>();
    for await (const subscription of this.parts.provider.allSubscriptions()) {
      signal?.throwIfAborted();
      const { customerId } = subscription;
      if (tenants.has(customerId)) found.set(customerId, [...(found.get(customerId) ?? []), subscription]);
    }
    return found;
  }

  async #customers(tenants: ReadonlyMap<string, string>, signal?: AbortSignal): Promise<Pick<ReconcileReport, 'unmatched' | 'missing'>> {
    const there = new Set<string>();
    let unmatched = 0;
    for await (const { id, deleted } of this.parts.provider.allCustomers()) {
      signal?.throwIfAborted();
      if (deleted) continue;
      there.add(id);
      if (!tenants.has(id)) unmatched += 1;
    }
    return { unmatched, missing: [...tenants.keys()].filter((id) => !there.has(id)).length };
  }

  #differs(tenantId: string, before: SubscriptionRecord | null, subscriptions: readonly SubscriptionFacts[]): boolean {
    const after = recordOf(chosenSubscription(subscriptions), before, { tenantId, plans: this.parts.plans, now: this.parts.clock.now() });
    return JSON.stringify(factsOf(before)) !== JSON.stringify(factsOf(after));
  }

  async #repair(customerId: string): Promise<boolean> {
    const { sync, follower, works, alert } = this.parts;
    try {
      const outcome = await sync.fetch(customerId);
      await follower.follow(customerId);
      return outcome === 'synced';
    } catch (error) {
      alert('billing.not-repaired', { customerId, reason: failureText(error) });
      await works.ask({ kind: BILLING_WORKS.sync, input: { customerId }, key: customerId });
      return false;
    }
  }
}

/** What the provider says, without what the platform has seen of it. */
function factsOf(record: SubscriptionRecord | null): unknown {
  if (!record) return null;
  const { subscriptionId, status, plan, priceId, quantity, amount, currency, interval, intervalCount } = record;
  const { periodStart, periodEnd, trialEnd, cancelAtPeriodEnd, scheduled } = record;
  return [
    ...[subscriptionId, status, plan, priceId, quantity, amount, currency, interval, intervalCount],
    ...[periodStart, periodEnd, trialEnd, cancelAtPeriodEnd, scheduled?.plan, scheduled?.at],
  ];
}
