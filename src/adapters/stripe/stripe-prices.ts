import type Stripe from 'stripe';
import { BillingRefusedError } from '#control/billing/billing-provider.js';
import type { StripeCalls } from '#adapters/stripe/stripe-calls.js';
import type { Clock } from '#kernel/work/clock.js';

const KEPT_MS = 3_600_000;

interface Known {
  readonly price: Stripe.Price;
  readonly until: number;
}

/** Prices by lookup key and by id, asked for once an hour. */
export class StripePrices {
  private readonly byKey = new Map<string, Known>();
  private readonly byId = new Map<string, Known>();

  constructor(
    private readonly calls: StripeCalls,
    private readonly clock: Clock,
  ) {}

  /** Raises BillingRefusedError (`price-unknown`) when no price that can be bought has that key. */
  async require(key: string): Promise<Stripe.Price> {
    const known = this.fresh(this.byKey.get(key));
    if (known) return known;
    const { data } = await this.calls.read((stripe) => stripe.prices.list({ lookup_keys: [key], active: true, limit: 1 }));
    const [price] = data;
    if (!price) throw new BillingRefusedError('price-unknown');
    return this.keep(price);
  }

  /** The lookup key of a price; null when it has none, or is not there. */
  async keyOf(id: string): Promise<string | null> {
    const known = this.fresh(this.byId.get(id)) ?? (await this.calls.find((stripe) => stripe.prices.retrieve(id)));
    return known ? this.keep(known).lookup_key : null;
  }

  private fresh(known: Known | undefined): Stripe.Price | undefined {
    return known && known.until > this.clock.now().getTime() ? known.price : undefined;
  }

  private keep(price: Stripe.Price): Stripe.Price {
    const known = { price, until: this.clock.now().getTime() + KEPT_MS };
    if (!this.fresh(this.byId.get(price.id))) this.byId.set(price.id, known);
    if (price.lookup_key !== null && price.active && !this.fresh(this.byKey.get(price.lookup_key))) this.byKey.set(price.lookup_key, known);
    return price;
  }
}
