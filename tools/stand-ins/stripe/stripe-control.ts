import { z } from 'zod';
import type { Answer, Question } from '../common/answer.js';
import { answerControl } from '../common/control-routes.js';
import type { Faults } from '../common/faults.js';
import type { RequestLog } from '../common/request-log.js';
import { completeCheckout } from './routes/checkouts.js';
import { completePortal } from './routes/portals.js';
import type { Api } from './routes/route.js';
import { pay } from './routes/invoices.js';
import type { StripeFault } from './stripe-fault.js';
import { StripeRefusal } from './stripe-refusal.js';
import type { WebhookSender } from './webhook-sender.js';
import { WebhookSwitches } from './webhook-switches.js';

/** Moves the clock of everybody, or of one customer; by seconds or to a time, and never back. */
const ClockMove = z.strictObject({
  now: z.iso.datetime().optional(),
  advanceSeconds: z.int().min(0).optional(),
  customer: z.string().optional(),
});
/** `retry` charges what is open at once, as a customer does who pays by the portal. */
const CardChange = z.strictObject({ works: z.boolean(), retry: z.boolean().default(true) });
const Dunning = z.strictObject({ after: z.enum(['cancel', 'unpaid', 'past_due']) });
const Search = z.strictObject({ delayMs: z.int().min(0) });

export interface Controlled {
  readonly api: Api;
  readonly sender: WebhookSender;
  readonly faults: Faults<StripeFault>;
  readonly log: RequestLog;
}

/** Answers the switches of this stand-in beside those that all have. */
export function answerStripeControl(controlled: Controlled, question: Question): Answer {
  try {
    return switched(controlled, question) ?? answerControl(controlled.faults, controlled.log, question);
  } catch (error) {
    if (error instanceof StripeRefusal) return { status: error.status, body: { error: error.words } };
    return { status: 400, body: { error: { code: 'BadParameter', message: String(error) } } };
  }
}

function switched({ api, sender }: Controlled, { method, path, body }: Question): Answer | undefined {
  const [, , area, id = '', what] = path.split('/');
  switch (`${method} ${area ?? ''}/${what ?? ''}`) {
    case 'GET webhooks/':
      return { status: 200, body: sender.state() };
    case 'POST webhooks/':
      sender.set(WebhookSwitches.parse(JSON.parse(body)));
      return { status: 204 };
    case 'GET clock/':
      return { status: 200, body: { now: new Date(api.ledger.now() * 1_000).toISOString() } };
    case 'POST clock/':
      return { status: 200, body: { done: moveClock(api, ClockMove.parse(JSON.parse(body))) } };
    case 'POST checkout/complete':
      return { status: 200, body: completeCheckout(api, id) };
    case 'POST portal/complete':
      return { status: 200, body: completePortal(api, id) };
    case 'POST customers/card':
      changeCard(api, id, CardChange.parse(JSON.parse(body)));
      return { status: 204 };
    case 'DELETE customers/card':
      api.ledger.cards.delete(id);
      return { status: 204 };
    case 'POST dunning/':
      api.billing.afterDunning = Dunning.parse(JSON.parse(body)).after;
      return { status: 204 };
    case 'POST search/':
      api.searchDelayMs = Search.parse(JSON.parse(body)).delayMs;
      return { status: 204 };
    case 'POST events/send':
      return resend(api, sender, id);
    default:
      return undefined;
  }
}

/** Says how much became due by that. */
function moveClock({ ledger, due }: Api, { now, advanceSeconds = 0, customer }: z.infer<typeof ClockMove>): number {
  const by = now === undefined ? advanceSeconds : Math.floor(Date.parse(now) / 1_000) - ledger.now(customer);
  if (by < 0) throw new RangeError('The clock does not go back.');
  if (customer === undefined) ledger.ahead += by;
  else ledger.aheadOf.set(ledger.requireCustomer(customer).id, (ledger.aheadOf.get(customer) ?? 0) + by);
  return due.settle();
}

function changeCard(api: Api, customer: string, { works, retry }: z.infer<typeof CardChange>): void {
  const { ledger, billing } = api;
  ledger.tell('customer.updated', ledger.requireCustomer(customer), ledger.now(customer));
  ledger.cards.set(customer, { works });
  if (!works || !retry) return;
  for (const subscription of ledger.subscriptions.values())
    if (subscription.customer === customer) for (const invoice of billing.openInvoices(subscription)) pay(api, invoice, false);
}

function resend({ ledger }: Api, sender: WebhookSender, id: string): Answer {
  const found = ledger.happenings.get(id);
  if (!found) throw StripeRefusal.missing('event', id);
  sender.send(found);
  return { status: 204 };
}
