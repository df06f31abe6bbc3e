import { z } from 'zod';
import { Created, Expand, Int, isWithin, mergedMetadata, Metadata, Paging, parsed } from '../form.js';
import { newCustomer } from '../objects/customer.js';
import { StripeRefusal } from '../stripe-refusal.js';
import { page, searchPage } from './list.js';
import type { Api, Route } from './route.js';
import { queryOf } from './search-query.js';

const Fields = z.strictObject({
  name: z.string().max(256).optional(),
  email: z.string().max(512).optional(),
  description: z.string().optional(),
  metadata: Metadata,
  invoice_settings: z.strictObject({ default_payment_method: z.string().optional() }).optional(),
  expand: Expand,
});
const Listing = z.strictObject({ ...Paging, email: z.string().optional(), created: Created });
const Search = z.strictObject({ query: z.string(), limit: Paging.limit, page: z.string().optional(), expand: Expand });

/** Customers: kept until they are deleted, and then known as deleted. */
export const CUSTOMER_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/customers',
    answer({ ledger }, form) {
      const { name, email, description, metadata } = parsed(Fields, form);
      const customer = newCustomer(ledger.now(), {
        ...(name && { name }),
        ...(email && { email }),
        metadata: mergedMetadata({}, metadata),
      });
      customer.description = description ?? null;
      ledger.customers.set(customer.id, customer);
      ledger.tell('customer.created', customer, customer.created);
      return customer;
    },
  },
  {
    method: 'GET',
    path: '/v1/customers',
    answer({ ledger }, form) {
      const { email, created, ...paging } = parsed(Listing, form);
      const wanted = [...ledger.customers.values()].filter(
        (each) => (email === undefined || each.email === email) && isWithin(created, each.created),
      );
      return page('/v1/customers', wanted, paging);
    },
  },
  {
    method: 'GET',
    path: '/v1/customers/search',
    answer({ ledger, searchDelayMs }, form) {
      const { query, limit, page: cursor } = parsed(Search, form);
      const meets = queryOf(query);
      const indexed = Date.now() / 1_000 - searchDelayMs / 1_000;
      const found = [...ledger.customers.values()].filter((each) => each.created - ledger.ahead <= indexed && meets(each));
      return searchPage('/v1/customers/search', found, limit, cursor);
    },
  },
  {
    method: 'GET',
    path: '/v1/customers/:id',
    answer: ({ ledger }, form, [id]) => {
      parsed(z.strictObject({ expand: Expand }), form);
      return ledger.deletedCustomers.get(id) ?? require(ledger, id);
    },
  },
  {
    method: 'POST',
    path: '/v1/customers/:id',
    answer({ ledger }, form, [id]) {
      const customer = require(ledger, id);
      const { name, email, description, metadata } = parsed(Fields, form);
      if (name !== undefined) customer.name = name;
      if (email !== undefined) customer.email = email;
      if (description !== undefined) customer.description = description;
      customer.metadata = mergedMetadata(customer.metadata, metadata);
      ledger.tell('customer.updated', customer, ledger.now(id));
      return customer;
    },
  },
  {
    method: 'DELETE',
    path: '/v1/customers/:id',
    answer({ ledger, billing }, _form, [id]) {
      const customer = require(ledger, id);
      const at = ledger.now(id);
      for (const each of ledger.subscriptions.values())
        if (each.customer === id && each.status !== 'canceled' && each.status !== 'incomplete_expired')
          billing.end(each, at, 'cancellation_requested');
      ledger.customers.delete(id);
      ledger.cards.delete(id);
      const deleted = { id, object: 'customer', deleted: true } as const;
      ledger.deletedCustomers.set(id, deleted);
      ledger.tell('customer.deleted', customer, at);
      return deleted;
    },
  },
  {
    method: 'GET',
    path: '/v1/customers/:id/payment_methods',
    answer({ ledger }, form, [id]) {
      parsed(z.strictObject({ limit: Int.optional(), type: z.string().optional() }), form);
      require(ledger, id);
      const data = ledger.cards.has(id) ? [{ id: `pm_${id.slice(4)}`, object: 'payment_method', type: 'card', customer: id }] : [];
      return { object: 'list', url: `/v1/customers/${id}/payment_methods`, has_more: false, data };
    },
  },
];

function require(ledger: Api['ledger'], id: string): ReturnType<Api['ledger']['requireCustomer']> {
  const found = ledger.customers.get(id);
  if (!found) throw StripeRefusal.missing('customer', id);
  return found;
}
