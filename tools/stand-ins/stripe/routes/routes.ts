import type { Question } from '../../common/answer.js';
import { Expand, type Form, readForm } from '../form.js';
import { StripeRefusal } from '../stripe-refusal.js';
import { CHECKOUT_ROUTES } from './checkouts.js';
import { CUSTOMER_ROUTES } from './customers.js';
import { EVENT_ROUTES } from './events.js';
import { expanded } from './expand.js';
import { INVOICE_ROUTES } from './invoices.js';
import { METER_ROUTES } from './meters.js';
import { PORTAL_ROUTES } from './portals.js';
import { PRICE_ROUTES } from './prices.js';
import type { Api, Route } from './route.js';
import { SCHEDULE_ROUTES } from './schedules.js';
import { SUBSCRIPTION_ROUTES } from './subscriptions.js';

const ROUTES = [
  ...CUSTOMER_ROUTES,
  ...PRICE_ROUTES,
  ...SUBSCRIPTION_ROUTES,
  ...SCHEDULE_ROUTES,
  ...INVOICE_ROUTES,
  ...CHECKOUT_ROUTES,
  ...PORTAL_ROUTES,
  ...METER_ROUTES,
  ...EVENT_ROUTES,
].map((route) => ({ route, pattern: new RegExp(`^${route.path.replaceAll(/:id/g, '([^/]+)')}$`) }));

/** Answers one request whose key is known. Raises StripeRefusal. */
export function answerRoute(api: Api, { method, path, query, body }: Question): object {
  const { route, ids } = find(method, path);
  const form: Form = readForm(method === 'POST' ? new URLSearchParams(body) : query);
  const answer = route.answer(api, form, ids);
  return expanded(api.ledger, answer, Expand.safeParse(form['expand']).data ?? []);
}

function find(method: string, path: string): { route: Route; ids: [string, string] } {
  for (const { route, pattern } of ROUTES) {
    const match = route.method === method ? pattern.exec(path) : null;
    if (match) return { route, ids: [decodeURIComponent(match[1] ?? ''), decodeURIComponent(match[2] ?? '')] };
  }
  throw new StripeRefusal(404, { type: 'invalid_request_error', message: `Unrecognized request URL (${method}: ${path}).` }, false);
}
