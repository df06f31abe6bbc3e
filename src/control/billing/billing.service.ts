import { Inject, Injectable } from '@nestjs/common';
import { BillingAccounts } from '#catalog/billing/billing-accounts.js';
import { Subscriptions } from '#catalog/billing/subscriptions.js';
import type { SubscriptionRecord } from '#catalog/billing/subscription-record.js';
import { WorkBook } from '#catalog/work/work-book.js';
import { BillingCustomers } from '#control/billing/billing-customers.js';
import { isLive } from '#control/billing/billing-facts.js';
import { BILLING_WORKS } from '#control/billing/billing-plans.js';
import { BILLING_PROVIDER, type BillingProvider } from '#control/billing/billing-provider.js';
import { BillingSync } from '#control/billing/billing-sync.js';
import { NoSubscriptionError, PreviewOutdatedError, SamePlanError } from '#control/billing/billing.errors.js';
import type { ChangedPlan, PreviewView, SubscriptionView } from '#control/billing/doors/billing.schemas.js';
import { PlanChoice } from '#control/billing/plan-choice.js';
import { withinTime } from '#control/billing/within-time.js';
import { PublicAddress } from '#kernel/resolution/public-address.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { Clock } from '#kernel/work/clock.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';

const PREVIEW_KEPT_MS = 15 * 60_000;
const BILLING_PAGE = '/settings/billing';

/** What the tenant in scope pays, and how it changes that. Reads are answered without the provider; whatever takes it raises BillingUnavailableError when it is away. */
@Injectable()
export class BillingService {
  constructor(
    @Inject(BILLING_PROVIDER) private readonly provider: BillingProvider,
    private readonly accounts: BillingAccounts,
    private readonly subscriptions: Subscriptions,
    private readonly customers: BillingCustomers,
    private readonly sync: BillingSync,
    private readonly works: WorkBook,
    private readonly choice: PlanChoice,
    private readonly address: PublicAddress,
    private readonly clock: Clock,
    private readonly audit: AuditTrail,
  ) {}

  async subscription(): Promise<SubscriptionView> {
    const { id, plan, access } = TenantScope.require('read the subscription');
    const record = await this.subscriptions.of(id);
    return {
      ...{ plan, access, status: record?.status ?? 'none', cancelAtPeriodEnd: record?.cancelAtPeriodEnd ?? false },
      periodEnd: record?.periodEnd.toISOString() ?? null,
      trialEnd: record?.trialEnd?.toISOString() ?? null,
      ...{ scheduled: record?.scheduled ?? null, amount: record?.amount ?? null, currency: record?.currency ?? null },
    };
  }

  /** Changes nothing. Raises PlanNotSoldError, SalesOnlyPlanError and NoSubscriptionError. */
  async preview(plan: string): Promise<PreviewView> {
    const { key } = this.choice.priceOf(plan);
    const record = await this.#live();
    const { amountDue, currency, prorationAt, lines } = await withinTime(
      this.provider.previewChange({ subscriptionId: record.subscriptionId, priceKey: key }),
    );
    const effective = this.choice.effective(record.plan, plan);
    // What follows later costs nothing now.
    const now = effective === 'now' ? { amountDue, lines: [...lines] } : { amountDue: 0, lines: [] };
    return { plan, effective, ...now, currency, prorationAt: prorationAt.toISOString() };
  }

  /**
   * More at once, with the proration as it was previewed; less when the period ends; the plan there is takes back what was planned. Raises as
   * `preview` does, and SamePlanError and PreviewOutdatedError.
   */
  async changePlan(plan: string, previewedAt?: Date): Promise<ChangedPlan> {
    const { key } = this.choice.priceOf(plan);
    const record = await this.#live();
    // Waited for to its end: what is changed is put on record.
    const changed = await this.#change(record, plan, key, previewedAt);
    await this.#followUp();
    await this.audit.recordAlone({
      action: 'billing.plan-changed',
      targets: [{ type: 'subscription', id: record.subscriptionId }],
      details: { plan, effective: changed.effective },
    });
    return { plan, ...changed };
  }

  async #change(record: SubscriptionRecord, plan: string, priceKey: string, previewedAt?: Date): Promise<Omit<ChangedPlan, 'plan'>> {
    const { subscriptionId, scheduled, cancelAtPeriodEnd, periodEnd } = record;
    const now = this.clock.now();
    if (plan === record.plan) {
      if (!scheduled && !cancelAtPeriodEnd) throw new SamePlanError(plan);
      if (scheduled) await this.provider.cancelScheduledChange(subscriptionId);
      if (cancelAtPeriodEnd) await this.provider.withdrawCancellation(subscriptionId);
      return { effective: 'now', at: now.toISOString() };
    }
    if (this.choice.effective(record.plan, plan) === 'period-end') {
      await this.provider.downgradeAtPeriodEnd({ subscriptionId, priceKey });
      return { effective: 'period-end', at: periodEnd.toISOString() };
    }
    const prorationAt = previewedAt ?? (await this.provider.previewChange({ subscriptionId, priceKey })).prorationAt;
    // A date of one's own choice would be a price of one's own choice.
    if (Math.abs(now.getTime() - prorationAt.getTime()) > PREVIEW_KEPT_MS) throw new PreviewOutdatedError();
    await this.provider.upgrade({ subscriptionId, priceKey, prorationAt });
    return { effective: 'now', at: now.toISOString() };
  }

  /** The address where somebody agrees to pay for a plan; a second time the same page. Raises PlanNotSoldError and SalesOnlyPlanError. */
  async checkout(plan: string): Promise<string> {
    const { key } = this.choice.priceOf(plan);
    const { id, slug } = TenantScope.require('open a checkout');
    const page = await withinTime(
      this.provider.checkout({
        ...{ tenantId: id, customerId: await this.#customer(id), priceKey: key },
        successUrl: this.address.ofTenant(slug, BILLING_PAGE, { checkout: 'done' }),
        cancelUrl: this.address.ofTenant(slug, BILLING_PAGE, { checkout: 'left' }),
      }),
    );
    await this.audit.recordAlone({ action: 'billing.checkout-opened', targets: [], details: { plan } });
    return page.url;
  }

  /** The address where invoices are seen and paid; it is good once. */
  async portal(): Promise<string> {
    const { id, slug } = TenantScope.require('open the portal');
    const customerId = await this.#customer(id);
    const { url } = await withinTime(this.provider.portal({ customerId, returnUrl: this.address.ofTenant(slug, BILLING_PAGE) }));
    await this.audit.recordAlone({ action: 'billing.portal-opened', targets: [] });
    return url;
  }

  #customer(tenantId: string): Promise<string> {
    return withinTime(this.customers.ensure(tenantId));
  }

  async #live(): Promise<SubscriptionRecord> {
    const record = await this.subscriptions.of(TenantScope.require('change the subscription').id);
    if (!record || !isLive(record.status)) throw new NoSubscriptionError();
    return record;
  }

  /** What was changed at the provider counts here at once; when that cannot be done now, it is done by the platform. */
  async #followUp(): Promise<void> {
    const customerId = await this.accounts.of(TenantScope.require('follow the subscription').id);
    if (customerId === null) return;
    await this.sync.fetch(customerId).catch(() => undefined); // the work below does it again
    await this.works.ask({ kind: BILLING_WORKS.sync, input: { customerId }, key: customerId });
  }
}
