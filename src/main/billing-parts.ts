import type { Provider } from '@nestjs/common';
import { StripeBilling } from '#adapters/stripe/stripe-billing.js';
import { BILLING_PROVIDER, type BillingProvider } from '#control/billing/billing-provider.js';
import type { Clock } from '#kernel/work/clock.js';
import type { Config } from '#main/config.js';

/** Connects to Stripe when it is first asked, and not before. */
export function openBilling(config: Config, clock: Clock): StripeBilling {
  return new StripeBilling({
    apiKey: config.STRIPE_API_KEY,
    apiUrl: config.STRIPE_API_URL,
    webhookSecrets: config.STRIPE_WEBHOOK_SECRETS,
    clock,
  });
}

/** Known by the token beside its port. */
export function billingProviders(billing: BillingProvider): (Provider & { provide: unknown })[] {
  return [{ provide: BILLING_PROVIDER, useValue: billing }];
}
