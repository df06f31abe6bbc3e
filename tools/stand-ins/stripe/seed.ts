import type { Ledger } from './ledger.js';
import { newMeter } from './objects/meter.js';
import { newPrice, newProduct } from './objects/price.js';

/** A price as the stand-in has it from the start; in minor units. */
export interface SeedPrice {
  readonly lookupKey: string;
  readonly product: string;
  readonly unitAmount: number;
  readonly interval: 'month' | 'year';
}

const MONTHLY: Readonly<Record<string, number>> = { starter: 4_900, professional: 19_900, enterprise: 149_000 };

/** What the account of the product sells: each plan by the month and by the year. */
export const SEED_PRICES: readonly SeedPrice[] = Object.entries(MONTHLY).flatMap(([product, unitAmount]) => [
  { lookupKey: `${product}-monthly`, product, unitAmount, interval: 'month' as const },
  { lookupKey: `${product}-yearly`, product, unitAmount: unitAmount * 10, interval: 'year' as const },
]);

/** The meters of the account. */
export const SEED_METERS: readonly string[] = [
  'api_requests',
  'active_members',
  'storage_mb',
  'tickets',
  'tickets_created',
  'mails_sent',
  'job_runs',
];

/** Adds what is not there yet: a state that was kept has its own. */
export function seed(ledger: Ledger, prices: readonly SeedPrice[], meters: readonly string[]): void {
  const at = ledger.now();
  const known = new Set([...ledger.prices.values()].map(({ lookup_key: key }) => key));
  for (const { lookupKey, product, unitAmount, interval } of prices) {
    const id = `prod_${product}`;
    if (!ledger.products.has(id))
      ledger.products.set(
        id,
        newProduct(at, { id, name: product.replace(/^./, (first) => first.toUpperCase()), metadata: { plan: product } }),
      );
    if (known.has(lookupKey)) continue;
    const price = newPrice(at, {
      product: id,
      currency: 'eur',
      unitAmount,
      interval,
      intervalCount: 1,
      lookupKey,
      metadata: { plan: product },
    });
    ledger.prices.set(price.id, price);
  }
  const counted = new Set([...ledger.meters.values()].map(({ event_name: name }) => name));
  for (const name of meters.filter((each) => !counted.has(each))) {
    const meter = newMeter(at, name, name);
    ledger.meters.set(meter.id, meter);
  }
}
