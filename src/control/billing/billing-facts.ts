/** The states of a subscription, in the provider's words. */
export type SubscriptionStatus =
  'incomplete' | 'incomplete_expired' | 'trialing' | 'active' | 'past_due' | 'canceled' | 'unpaid' | 'paused';

/** A subscription as the provider has it now. Money is in minor units of `currency`; what a price costs is of the whole quantity. */
export interface SubscriptionFacts {
  readonly id: string;
  readonly customerId: string;
  /** Whose it is by its own metadata; what the catalog says of the customer counts more. */
  readonly tenantIdInMetadata: string | null;
  readonly status: SubscriptionStatus;
  /** The lookup key of its price, e.g. `professional-monthly`; null when the price has none. */
  readonly priceKey: string | null;
  readonly priceId: string;
  readonly quantity: number;
  readonly periodStart: Date;
  readonly periodEnd: Date;
  readonly trialEnd: Date | null;
  readonly cancelAtPeriodEnd: boolean;
  /** The price that follows, and when; null when nothing is planned. */
  readonly scheduled: { readonly priceKey: string | null; readonly at: Date } | null;
  /** For `intervalCount` times `interval`. */
  readonly amount: number;
  readonly currency: string;
  readonly interval: 'day' | 'week' | 'month' | 'year';
  readonly intervalCount: number;
  readonly createdAt: Date;
}

/** A customer as the provider has it now; of a deleted one no tenant is known. */
export interface CustomerFacts {
  readonly id: string;
  readonly tenantId: string | null;
  readonly createdAt: Date;
  readonly deleted: boolean;
}

/** What changing the price at that moment would cost at once; below zero it is a credit. */
export interface PreviewedChange {
  readonly amountDue: number;
  readonly currency: string;
  /** Hand it to `upgrade`, so that what was shown is what is charged. */
  readonly prorationAt: Date;
  readonly lines: readonly { readonly description: string; readonly amount: number; readonly isProration: boolean }[];
}

/** Where a customer agrees to pay. */
export interface CheckoutPage {
  readonly id: string;
  readonly url: string;
  readonly expiresAt: Date;
}

/** That something happened at the provider; what it is now must be asked there, for notices come late, twice and in any order. */
export interface BillingNotice {
  readonly id: string;
  /** E.g. `customer.subscription.updated`, whichever shape the notice came in. */
  readonly type: string;
  readonly createdAt: Date;
  /** Null when the notice does not say; `customerBehind` asks. */
  readonly customerId: string | null;
  readonly objectType: string | null;
  readonly objectId: string | null;
  readonly isLive: boolean;
}

/** Whether a subscription of this state can still become, or is, what a customer has; a customer has at most one such. */
export function isLive(status: SubscriptionStatus): boolean {
  return status !== 'canceled' && status !== 'incomplete_expired';
}
