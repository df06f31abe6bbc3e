import type { MikroORM } from '@mikro-orm/postgresql';
import { sqlStateOf } from '#kernel/isolation/isolation.errors.js';

/** What comes in each month in one currency, by the subscriptions as they are now. */
export interface CurrencyRevenue {
  /** Three letters, in lower case. */
  readonly currency: string;
  /** Minor units, rounded. */
  readonly monthlyAmount: number;
  readonly subscriptions: number;
}

const UNDEFINED_TABLE = '42P01';

// A trial pays nothing yet; who is behind with a payment still owes it.
const SUM = `select currency, count(*)::text as subscriptions,
    round(sum(amount * case interval when 'month' then 1.0 when 'year' then 1.0 / 12 when 'week' then 365.0 / 84 else 365.0 / 12 end
      / interval_count))::text as amount
  from billing_subscription where status in ('active', 'past_due') group by currency order by currency`;

/** Adds up what subscriptions bring in a month. */
export class MonthlyRevenue {
  constructor(private readonly catalog: MikroORM) {}

  /** Null where the catalog knows of no subscriptions at all, because nothing is sold there. */
  async read(): Promise<CurrencyRevenue[] | null> {
    try {
      const rows = await this.catalog.em.fork().execute<{ currency: string; subscriptions: string; amount: string }[]>(SUM);
      return rows.map(({ currency, subscriptions, amount }) => ({
        currency,
        monthlyAmount: Number(amount),
        subscriptions: Number(subscriptions),
      }));
    } catch (error) {
      if (isUndefinedTable(error)) return null;
      throw error;
    }
  }
}

function isUndefinedTable(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (sqlStateOf(cause) === UNDEFINED_TABLE) return true;
  return (error as { code?: unknown }).code === UNDEFINED_TABLE;
}
