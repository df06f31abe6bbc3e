import Stripe from 'stripe';
import { z } from 'zod';
import type { BillingNotice } from '#control/billing/billing-facts.js';
import { WebhookRefusedError } from '#control/billing/billing-provider.js';
import { idOf } from '#adapters/stripe/subscription-facts.js';
import type { StripeCalls } from '#adapters/stripe/stripe-calls.js';
import { hasPlainYear } from '#kernel/plugin/plain-year.js';
import { Text } from '#workspace/schemas.js';

const TOLERANCE_SECONDS = 300;
/** What of a notice can be kept. */
const Kept = z.object({
  id: Text.min(1).max(255),
  type: Text.min(1).max(200),
  createdAt: z.date().refine(hasPlainYear),
  customerId: Text.max(255).nullable(),
  objectType: Text.max(100).nullable(),
  objectId: Text.max(255).nullable(),
});

type Json = Readonly<Record<string, unknown>>;

/** Reads a notice of either shape. Raises WebhookRefusedError, and never an error of the vendor. */
export function readNotice(secrets: readonly string[], rawBody: Buffer, header: string | undefined, now: Date): BillingNotice {
  if (header === undefined || !secrets.some((secret) => isSigned(rawBody, header, secret))) throw new WebhookRefusedError('signature');
  // The vendor's own check lets through what is signed for the future.
  const age = Math.floor(now.getTime() / 1_000) - signedAt(header);
  if (!(Math.abs(age) <= TOLERANCE_SECONDS)) throw new WebhookRefusedError('age');
  const event = jsonOf(rawBody);
  const notice = event['object'] === 'v2.core.event' ? thin(event) : event['object'] === 'event' ? snapshot(event) : undefined;
  if (!notice || !Kept.safeParse(notice).success) throw new WebhookRefusedError('shape');
  return notice;
}

/** Asks whose an object is, by the kind that a notice names. */
export async function customerBehind(calls: StripeCalls, objectType: string | null, id: string | null): Promise<string | null> {
  if (id === null) return null;
  const of = async (ask: (stripe: Stripe) => Promise<{ customer?: string | { readonly id: string } | null }>): Promise<string | null> => {
    const found = await calls.find(ask);
    return found?.customer ? idOf(found.customer) : null;
  };
  switch (objectType) {
    case 'customer':
      return id;
    case 'subscription':
      return of((stripe) => stripe.subscriptions.retrieve(id));
    case 'subscription_schedule':
      return of((stripe) => stripe.subscriptionSchedules.retrieve(id));
    case 'invoice':
      return of((stripe) => stripe.invoices.retrieve(id));
    case 'checkout.session':
      return of((stripe) => stripe.checkout.sessions.retrieve(id));
    case 'payment_method':
      return of((stripe) => stripe.paymentMethods.retrieve(id));
    case 'charge':
      return of((stripe) => stripe.charges.retrieve(id));
    case 'dispute': {
      const dispute = await calls.find((stripe) => stripe.disputes.retrieve(id));
      return dispute ? customerBehind(calls, 'charge', idOf(dispute.charge)) : null;
    }
    default:
      return null;
  }
}

function isSigned(rawBody: Buffer, header: string, secret: string): boolean {
  try {
    // No tolerance here: the age is judged by our clock.
    return Stripe.webhooks.signature?.verifyHeader(rawBody, header, secret, 0) ?? false;
  } catch {
    return false;
  }
}

/** As the vendor reads it, for that is the time that was signed: the last `t` counts. */
function signedAt(header: string): number {
  const [, text = ''] =
    header
      .split(',')
      .findLast((part) => part.startsWith('t='))
      ?.split('=') ?? [];
  return Number.parseInt(text, 10);
}

function snapshot(event: Json): BillingNotice {
  const object = recordIn(recordIn(event, 'data'), 'object');
  const objectType = textIn(object, 'object');
  const objectId = textIn(object, 'id');
  const customerId = objectType === 'customer' ? objectId : (textIn(object, 'customer') ?? textIn(recordIn(object, 'customer'), 'id'));
  return {
    id: textIn(event, 'id') ?? '',
    type: textIn(event, 'type') ?? '',
    createdAt: new Date(Number(event['created']) * 1_000),
    customerId,
    objectType,
    objectId,
    isLive: event['livemode'] === true,
  };
}

function thin(event: Json): BillingNotice {
  const related = recordIn(event, 'related_object');
  const objectType = textIn(related, 'type');
  const objectId = textIn(related, 'id');
  return {
    id: textIn(event, 'id') ?? '',
    type: (textIn(event, 'type') ?? '').replace(/^v1\./, ''),
    createdAt: new Date(textIn(event, 'created') ?? ''),
    customerId: objectType === 'customer' ? objectId : null,
    objectType,
    objectId,
    isLive: event['livemode'] === true,
  };
}

function jsonOf(rawBody: Buffer): Json {
  try {
    const parsed: unknown = JSON.parse(rawBody.toString('utf8'));
    if (typeof parsed === 'object' && parsed !== null) return parsed as Json;
  } catch {
    // Told below, without what was sent.
  }
  throw new WebhookRefusedError('shape');
}

function recordIn(from: Json, name: string): Json {
  const value = from[name];
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function textIn(from: Json, name: string): string | null {
  const value = from[name];
  return typeof value === 'string' ? value : null;
}
