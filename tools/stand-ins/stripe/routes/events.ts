import { z } from 'zod';
import type { Happening, Ledger } from '../ledger.js';
import { Created, Expand, isWithin, Paging, parsed } from '../form.js';
import { StripeRefusal } from '../stripe-refusal.js';
import { page } from './list.js';
import type { Route } from './route.js';

const Listing = z.strictObject({ ...Paging, type: z.string().optional(), types: z.array(z.string()).optional(), created: Created });

/** What happened, for those who missed the notices. */
export const EVENT_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/events',
    answer({ ledger }, form) {
      const { type, types, created, ...paging } = parsed(Listing, form);
      const wanted = [...ledger.happenings.values()].filter(
        (each) =>
          (type === undefined || each.type === type) &&
          (types === undefined || types.includes(each.type)) &&
          isWithin(created, each.created),
      );
      return page('/v1/events', wanted.map(snapshotOf), paging);
    },
  },
  {
    method: 'GET',
    path: '/v1/events/:id',
    answer({ ledger }, form, [id]) {
      parsed(z.strictObject({ expand: Expand }), form);
      const found = ledger.happenings.get(id);
      if (!found) throw StripeRefusal.missing('event', id);
      return snapshotOf(found);
    },
  },
  { method: 'GET', path: '/v2/core/events/:id', answer: ({ ledger }, _form, [id]) => thinOf(find(ledger, id)) },
];

/** The notice that holds the object as it was. */
export function snapshotOf({ id, type, created, object }: Happening): { id: string } & Record<string, unknown> {
  return {
    id,
    object: 'event',
    api_version: '2026-10-28.endive',
    created,
    data: { object },
    livemode: false,
    pending_webhooks: 0,
    request: { id: null, idempotency_key: null },
    type,
  };
}

/** The notice that only names the object. */
export function thinOf({ id, thinId, type, created, object }: Happening): Record<string, unknown> {
  return {
    id: thinId,
    object: 'v2.core.event',
    created: new Date(created * 1_000).toISOString(),
    livemode: false,
    reason: null,
    related_object: { id: object.id, type: object.object, url: urlOf(object) },
    snapshot_event: id,
    type: `v1.${type}`,
  };
}

const FOLDERS: Readonly<Record<string, string>> = {
  'checkout.session': 'checkout/sessions',
  'billing_portal.session': 'billing_portal/sessions',
  'billing.meter': 'billing/meters',
};

function urlOf({ id, object }: Happening['object']): string {
  return `/v1/${FOLDERS[object] ?? `${object}s`}/${id}`;
}

function find(ledger: Ledger, id: string): Happening {
  const found = ledger.happenings.get(id) ?? [...ledger.happenings.values()].find(({ thinId }) => thinId === id);
  if (!found) throw StripeRefusal.missing('event', id);
  return found;
}
