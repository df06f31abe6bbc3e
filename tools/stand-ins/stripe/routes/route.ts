import type { Billing } from '../billing.js';
import type { DueWork } from '../due.js';
import type { Form } from '../form.js';
import type { Ledger } from '../ledger.js';

/** What the routes work on; `pages` is where the stand-in shows its own. */
export interface Api {
  readonly ledger: Ledger;
  readonly billing: Billing;
  readonly due: DueWork;
  readonly pages: string;
  /** Milliseconds after which a new customer is found by a search: the vendor's index is behind as well. */
  searchDelayMs: number;
}

/** One route of the protocol; a name with a colon in the path stands for an id, handed over in order. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** Raises StripeRefusal. */
  answer(api: Api, form: Form, ids: readonly [string, string]): object;
}
