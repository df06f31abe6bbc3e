import Stripe from 'stripe';
import type { Usage } from '#control/billing/billing-provider.js';
import type { StripeCalls } from '#adapters/stripe/stripe-calls.js';
import { secondsOf } from '#adapters/stripe/subscription-facts.js';

/** What customers used, counted by Stripe once for each identifier. */
export class StripeUsage {
  constructor(private readonly calls: StripeCalls) {}

  async report({ meter, customerId, quantity, identifier, at }: Usage): Promise<void> {
    await this.calls.write(
      `usage:${identifier}`,
      (stripe, key) => unlessCounted(stripe, identifier, key, { meter, customerId, quantity, at }),
      // There is nothing to read; the identifier sees to it that the next try counts once.
      (remembered) => Promise.resolve(remembered),
    );
  }
}

async function unlessCounted(
  stripe: Stripe,
  identifier: string,
  key: { idempotencyKey: string },
  { meter, customerId, quantity, at }: Omit<Usage, 'identifier'>,
): Promise<object> {
  try {
    const payload = { stripe_customer_id: customerId, value: String(quantity) };
    return await stripe.billing.meterEvents.create({ event_name: meter, identifier, timestamp: secondsOf(at), payload }, key);
  } catch (error) {
    // The one refusal that says it is counted has no code of its own.
    if (error instanceof Stripe.errors.StripeInvalidRequestError && /already exists with identifier/.test(error.message)) return {};
    throw error;
  }
}
