import { randomUUID } from 'node:crypto';
import type Stripe from 'stripe';
import { type CheckoutPage, isLive, type SubscriptionFacts } from '#control/billing/billing-facts.js';
import { BillingRefusedError, type WantedCheckout } from '#control/billing/billing-provider.js';
import type { StripeCalls } from '#adapters/stripe/stripe-calls.js';
import type { StripePrices } from '#adapters/stripe/stripe-prices.js';
import type { StripeSubscriptions } from '#adapters/stripe/stripe-subscriptions.js';
import { dateOf, planItem } from '#adapters/stripe/subscription-facts.js';
import type { Clock } from '#kernel/work/clock.js';

type Session = Stripe.Checkout.Session;
type Flow = Stripe.BillingPortal.SessionCreateParams.FlowData;

/** How long a page of the portal waits for its first visit. */
const PORTAL_SECONDS = 300;

/** Pages of Stripe's own on which customers agree, pay and look after what they pay. */
export class StripePages {
  constructor(
    private readonly parts: {
      readonly calls: StripeCalls;
      readonly prices: StripePrices;
      readonly subscriptions: StripeSubscriptions;
      readonly clock: Clock;
    },
  ) {}

  async checkout(wanted: WantedCheckout): Promise<CheckoutPage> {
    const live = (await this.parts.subscriptions.of(wanted.customerId)).find(({ status }) => isLive(status));
    return live ? this.changePage(wanted, live) : this.checkoutPage(wanted);
  }

  async portal({ customerId, returnUrl }: { readonly customerId: string; readonly returnUrl: string }): Promise<{ readonly url: string }> {
    const { url } = await this.openPortal(customerId, returnUrl);
    return { url };
  }

  private async checkoutPage(wanted: WantedCheckout): Promise<CheckoutPage> {
    const { tenantId, customerId, priceKey, successUrl, cancelUrl } = wanted;
    const day = this.parts.clock.now().toISOString().slice(0, 10);
    const price = await this.parts.prices.require(priceKey);
    const made = await this.sessionsOf(customerId);
    const open = made.find((each) => isOpenFor(each, priceKey));
    if (open) return pageOf(open);
    // One that stayed open beside it could become a second subscription.
    for (const other of made.filter(({ status }) => status === 'open')) await this.expire(other);
    const before = made.filter(({ metadata }) => metadata?.['price_key'] === priceKey && metadata['day'] === day).length;
    const session = await this.parts.calls.write<Session>(
      `checkout:${tenantId}:${priceKey}:${day}:${before + 1}`,
      (stripe, key) =>
        stripe.checkout.sessions.create(
          {
            mode: 'subscription',
            customer: customerId,
            client_reference_id: tenantId,
            line_items: [{ price: price.id, quantity: 1 }],
            metadata: { tenant_id: tenantId, price_key: priceKey, day },
            subscription_data: { metadata: { tenant_id: tenantId } },
            success_url: successUrl,
            cancel_url: cancelUrl,
          },
          key,
        ),
      async () => (await this.sessionsOf(customerId)).find((each) => isOpenFor(each, priceKey)),
    );
    return pageOf(session);
  }

  private async changePage({ customerId, priceKey, successUrl }: WantedCheckout, live: SubscriptionFacts): Promise<CheckoutPage> {
    const flow = await this.flowOf(live, priceKey);
    const after_completion = { type: 'redirect', redirect: { return_url: successUrl } } as const;
    const { id, url, created } = await this.openPortal(customerId, successUrl, { ...flow, after_completion });
    return { id, url, expiresAt: dateOf(created + PORTAL_SECONDS) };
  }

  /** What is owed comes first; a price can be changed on a subscription that runs. */
  private async flowOf(live: SubscriptionFacts, priceKey: string): Promise<Flow> {
    const price = await this.parts.prices.require(priceKey);
    const runs = live.status === 'active' || live.status === 'trialing';
    if (!runs || live.priceId === price.id) return { type: 'payment_method_update' };
    const found = await this.parts.subscriptions.require(live.id);
    if (found.schedule !== null) throw new BillingRefusedError('change-planned');
    const items = [{ id: planItem(found).id, price: price.id, quantity: live.quantity }];
    return { type: 'subscription_update_confirm', subscription_update_confirm: { subscription: live.id, items } };
  }

  private openPortal(customer: string, returnUrl: string, flow?: Flow): Promise<Stripe.BillingPortal.Session> {
    // A new one each time, also at the same instant: its address is good once, and for minutes.
    return this.parts.calls.write<Stripe.BillingPortal.Session>(
      `portal:${customer}:${randomUUID()}`,
      (stripe, key) => stripe.billingPortal.sessions.create({ customer, return_url: returnUrl, ...(flow && { flow_data: flow }) }, key),
      (remembered) => Promise.resolve(remembered),
    );
  }

  private async expire({ id }: Stripe.Checkout.Session): Promise<void> {
    const over = async (): Promise<Session | undefined> => {
      const now = await this.parts.calls.read((stripe) => stripe.checkout.sessions.retrieve(id));
      return now.status === 'open' ? undefined : now;
    };
    try {
      await this.parts.calls.write<Session>(`expire:${id}`, (stripe, key) => stripe.checkout.sessions.expire(id, {}, key), over);
    } catch (error) {
      if (!(error instanceof BillingRefusedError) || !(await over())) throw error;
    }
  }

  private async sessionsOf(customer: string): Promise<Stripe.Checkout.Session[]> {
    const found: Stripe.Checkout.Session[] = [];
    for await (const each of this.parts.calls.all((stripe, from) => stripe.checkout.sessions.list({ ...from, customer }))) found.push(each);
    return found;
  }
}

function isOpenFor({ status, url, metadata }: Stripe.Checkout.Session, priceKey: string): boolean {
  return status === 'open' && url !== null && metadata?.['price_key'] === priceKey;
}

function pageOf({ id, url, expires_at: expires }: Stripe.Checkout.Session): CheckoutPage {
  return { id, url: url ?? '', expiresAt: dateOf(expires) };
}
