import type { Question } from '../common/answer.js';
import { completeCheckout } from './routes/checkouts.js';
import { completePortal } from './routes/portals.js';
import type { Api } from './routes/route.js';
import { StripeRefusal } from './stripe-refusal.js';

/** A page of the stand-in's own, or the way on from it. */
export interface Page {
  readonly status: number;
  readonly html?: string;
  readonly location?: string;
}

/** What a person sees who follows the address of a checkout or of the portal: one button that plays the customer who pays with a card that works. */
export function answerPage(api: Api, { method, path }: Question): Page {
  const [, , kind, id = ''] = path.split('/');
  try {
    if (kind === 'checkout') return checkout(api, id, method);
    if (kind === 'portal') return portal(api, id, method);
  } catch (error) {
    if (error instanceof StripeRefusal) return { status: error.status, html: html(error.message) };
    throw error;
  }
  return { status: 404, html: html('There is no such page.') };
}

function checkout(api: Api, id: string, method: string): Page {
  const session = api.ledger.checkouts.get(id);
  if (!session) throw StripeRefusal.missing('checkout.session', id);
  if (method === 'POST') {
    completeCheckout(api, id);
    return { status: 303, location: (session.success_url ?? '').replace('{CHECKOUT_SESSION_ID}', id) };
  }
  if (session.status !== 'open') return { status: 410, html: html(`This page is ${String(session.status)}.`) };
  const price = `${((session.amount_total ?? 0) / 100).toFixed(2)} ${String(session.currency).toUpperCase()}`;
  return { status: 200, html: html(`Subscribe for ${price}.`, 'Pay with a card that works', session.cancel_url) };
}

function portal(api: Api, id: string, method: string): Page {
  const session = api.ledger.portals.get(id);
  if (!session) throw StripeRefusal.missing('billing_portal.session', id);
  const back = session.flow?.after_completion.redirect?.return_url ?? session.return_url;
  if (method === 'POST') {
    completePortal(api, id);
    return back === null ? { status: 200, html: html('Done.') } : { status: 303, location: back };
  }
  const what = session.flow?.subscription_update_confirm ? 'Confirm the change of your subscription.' : 'Your means of payment.';
  return { status: 200, html: html(what, 'Use a card that works', session.return_url) };
}

function html(text: string, button?: string, back?: string | null): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Stand-in for Stripe</title>
<body style="font:16px system-ui;max-width:32rem;margin:4rem auto"><h1>Stand-in for Stripe</h1><p>${escape(text)}</p>
${button === undefined ? '' : `<form method="post"><button>${escape(button)}</button></form>`}
${back == null ? '' : `<p><a href="${escape(back)}">Back</a></p>`}</body></html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
