import type Stripe from 'stripe';
import { newId } from '../new-id.js';

export interface GivenCheckout {
  readonly customer: string;
  readonly currency: string;
  readonly amount: number;
  readonly successUrl: string;
  readonly cancelUrl: string | null;
  readonly expiresAt: number;
  readonly metadata: Record<string, string>;
  readonly clientReferenceId: string | null;
  /** Where the stand-in shows its own pages. */
  readonly pages: string;
}

/** An open page for subscribing. */
export function newCheckoutSession(created: number, given: GivenCheckout): Stripe.Checkout.Session {
  const id = newId('cs_test', 40);
  return {
    id,
    object: 'checkout.session',
    adaptive_pricing: null,
    after_expiration: null,
    allow_promotion_codes: null,
    allowed_payment_method_types: null,
    amount_subtotal: given.amount,
    amount_total: given.amount,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: null,
    cancel_url: given.cancelUrl,
    client_reference_id: given.clientReferenceId,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created,
    currency: given.currency,
    currency_conversion: null,
    custom_fields: [],
    custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
    customer: given.customer,
    customer_account: null,
    customer_creation: null,
    customer_details: null,
    customer_email: null,
    discounts: [],
    expires_at: given.expiresAt,
    integration_identifier: null,
    invoice: null,
    invoice_creation: null,
    livemode: false,
    locale: null,
    managed_payments: null,
    metadata: given.metadata,
    mode: 'subscription',
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: 'always',
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ['card'],
    payment_status: 'unpaid',
    permissions: null,
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: null,
    subscription: null,
    success_url: given.successUrl,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted_page',
    url: `${given.pages}/_pages/checkout/${id}`,
    wallet_options: null,
  };
}

/** A page where the customer looks after what it pays; with a flow it is for one thing. */
export function newPortalSession(
  created: number,
  given: { customer: string; returnUrl: string | null; flow: Stripe.BillingPortal.Session.Flow | null; pages: string },
): Stripe.BillingPortal.Session {
  const id = newId('bps', 24);
  return {
    id,
    object: 'billing_portal.session',
    configuration: 'bpc_standin',
    created,
    customer: given.customer,
    customer_account: null,
    flow: given.flow,
    livemode: false,
    locale: null,
    on_behalf_of: null,
    return_url: given.returnUrl,
    url: `${given.pages}/_pages/portal/${id}`,
  };
}
