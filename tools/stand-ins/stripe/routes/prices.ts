import { z } from 'zod';
import { Expand, Flag, Int, mergedMetadata, Metadata, Paging, parsed } from '../form.js';
import { newPrice, newProduct } from '../objects/price.js';
import { StripeRefusal } from '../stripe-refusal.js';
import { page } from './list.js';
import type { Route } from './route.js';

const NewProduct = z.strictObject({ id: z.string().optional(), name: z.string().min(1), metadata: Metadata, expand: Expand });
const NewPrice = z.strictObject({
  currency: z.string().length(3),
  unit_amount: Int.pipe(z.number().min(0)),
  product: z.string().optional(),
  product_data: z.strictObject({ name: z.string().min(1), metadata: Metadata }).optional(),
  recurring: z.strictObject({
    interval: z.enum(['day', 'week', 'month', 'year']),
    interval_count: Int.default(1),
    usage_type: z.enum(['licensed', 'metered']).optional(),
    meter: z.string().optional(),
  }),
  lookup_key: z.string().max(200).optional(),
  transfer_lookup_key: Flag.default(false),
  nickname: z.string().optional(),
  metadata: Metadata,
  expand: Expand,
});
const PriceChange = z.strictObject({
  active: Flag.optional(),
  lookup_key: z.string().optional(),
  transfer_lookup_key: Flag.default(false),
  nickname: z.string().optional(),
  metadata: Metadata,
  expand: Expand,
});
const PriceListing = z.strictObject({
  ...Paging,
  active: Flag.optional(),
  lookup_keys: z.array(z.string()).max(10).optional(),
  product: z.string().optional(),
  currency: z.string().optional(),
});

/** What can be bought, and for how much. */
export const PRICE_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/products',
    answer({ ledger }, form) {
      const { id, name, metadata } = parsed(NewProduct, form);
      if (id !== undefined && ledger.products.has(id))
        throw StripeRefusal.invalid('Product already exists.', 'id', 'resource_already_exists');
      const product = newProduct(ledger.now(), { ...(id && { id }), name, metadata: mergedMetadata({}, metadata) });
      ledger.products.set(product.id, product);
      ledger.tell('product.created', product, product.created);
      return product;
    },
  },
  {
    method: 'GET',
    path: '/v1/products',
    answer: ({ ledger }, form) => page('/v1/products', ledger.products.values(), parsed(z.strictObject(Paging), form)),
  },
  {
    method: 'GET',
    path: '/v1/products/:id',
    answer({ ledger }, _form, [id]) {
      const found = ledger.products.get(id);
      if (!found) throw StripeRefusal.missing('product', id);
      return found;
    },
  },
  {
    method: 'POST',
    path: '/v1/prices',
    answer({ ledger }, form) {
      const given = parsed(NewPrice, form);
      if ((given.product === undefined) === (given.product_data === undefined))
        throw StripeRefusal.invalid('You must specify either `product` or `product_data`.', 'product');
      const product =
        given.product_data &&
        newProduct(ledger.now(), { name: given.product_data.name, metadata: mergedMetadata({}, given.product_data.metadata) });
      if (product) ledger.products.set(product.id, product);
      const productId = product?.id ?? given.product ?? '';
      if (!ledger.products.has(productId)) throw StripeRefusal.missingParam('product', productId, 'product');
      freeLookupKey(ledger, given.lookup_key, given.transfer_lookup_key);
      const price = newPrice(ledger.now(), {
        product: productId,
        currency: given.currency.toLowerCase(),
        unitAmount: given.unit_amount,
        interval: given.recurring.interval,
        intervalCount: given.recurring.interval_count,
        lookupKey: given.lookup_key ?? null,
        nickname: given.nickname,
        metadata: mergedMetadata({}, given.metadata),
        meter: given.recurring.meter,
      });
      ledger.prices.set(price.id, price);
      ledger.tell('price.created', price, price.created);
      return price;
    },
  },
  {
    method: 'GET',
    path: '/v1/prices',
    answer({ ledger }, form) {
      const { active, lookup_keys: keys, product, currency, ...paging } = parsed(PriceListing, form);
      const wanted = [...ledger.prices.values()].filter(
        (each) =>
          (active === undefined || each.active === active) &&
          (keys === undefined || (each.lookup_key !== null && keys.includes(each.lookup_key))) &&
          (product === undefined || each.product === product) &&
          (currency === undefined || each.currency === currency),
      );
      return page('/v1/prices', wanted, paging);
    },
  },
  {
    method: 'GET',
    path: '/v1/prices/:id',
    answer({ ledger }, _form, [id]) {
      const found = ledger.prices.get(id);
      if (!found) throw StripeRefusal.missing('price', id);
      return found;
    },
  },
  {
    method: 'POST',
    path: '/v1/prices/:id',
    answer({ ledger }, form, [id]) {
      const found = ledger.prices.get(id);
      if (!found) throw StripeRefusal.missing('price', id);
      const change = parsed(PriceChange, form);
      if (change.lookup_key !== undefined) {
        freeLookupKey(ledger, change.lookup_key, change.transfer_lookup_key);
        found.lookup_key = change.lookup_key || null;
      }
      found.active = change.active ?? found.active;
      found.nickname = change.nickname ?? found.nickname;
      found.metadata = mergedMetadata(found.metadata, change.metadata);
      ledger.tell('price.updated', found, ledger.now());
      return found;
    },
  },
];

/** A lookup key is of one price; it is taken from another only when that is asked for. */
function freeLookupKey(ledger: Parameters<Route['answer']>[0]['ledger'], key: string | undefined, mayTake: boolean): void {
  const holder = key && [...ledger.prices.values()].find((each) => each.lookup_key === key);
  if (!holder) return;
  if (!mayTake) throw StripeRefusal.invalid(`A price (\`${holder.id}\`) already uses that lookup key.`, 'lookup_key');
  holder.lookup_key = null;
}
