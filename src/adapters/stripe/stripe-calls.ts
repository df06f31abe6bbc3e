import { setTimeout as pause } from 'node:timers/promises';
import type Stripe from 'stripe';
import { failureOf, isBoundToKey, isDoubtful, isMissing, waitAfter } from '#adapters/stripe/stripe-failure.js';

/** A wait that is longer than this is left to the caller. */
const LONGEST_WAIT_SECONDS = 5;
const WAITS = 3;
const FAILURES = 3;
/** How many answers of things that are gone since are passed over. */
const GENERATIONS = 20;

export interface KeyOf {
  readonly idempotencyKey: string;
}

/** Every call to Stripe: reads, and writes that happen once. All raise BillingUnavailableError and BillingRefusedError. */
export class StripeCalls {
  constructor(readonly stripe: Stripe) {}

  async read<T>(ask: (stripe: Stripe) => Promise<T>): Promise<T> {
    try {
      return await this.patiently(() => ask(this.stripe));
    } catch (error) {
      throw failureOf(error);
    }
  }

  /** Null for what is not there. */
  async find<T>(ask: (stripe: Stripe) => Promise<T>): Promise<T | null> {
    try {
      return await this.read(ask);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  /**
   * Writes under a key that says what is done. When the answer is lost or a failure, `seen` says whether it was done all the same; only if
   * not, it is sent anew under the next key, for a failure comes again with its key. An answer out of Stripe's memory is handed to `seen` too:
   * the thing may be gone since.
   */
  async write<T extends object>(
    key: string,
    send: (stripe: Stripe, key: KeyOf) => Promise<T>,
    seen: (remembered?: T) => Promise<T | undefined>,
  ): Promise<T> {
    let failures = 0;
    for (let generation = 1; ; generation += 1) {
      try {
        const answer = await this.patiently(() => send(this.stripe, { idempotencyKey: `${key}:${generation}` }));
        const found = isRemembered(answer) ? await seen(answer) : answer;
        if (found !== undefined || generation === GENERATIONS) return found ?? answer;
      } catch (error) {
        if (!isDoubtful(error)) throw failureOf(error);
        const found = await seen();
        if (found !== undefined) return found;
        failures += 1;
        if (failures === FAILURES || !isBoundToKey(error)) throw failureOf(error);
      }
    }
  }

  /** Each of a list, page by page, however long it is; what is deleted meanwhile does not end it. */
  async *all<T extends { readonly id: string }>(
    list: (stripe: Stripe, from: { limit: number; starting_after?: string }) => Promise<{ data: T[]; has_more: boolean }>,
  ): AsyncGenerator<T> {
    let cursors: string[] = [];
    for (;;) {
      const page = await this.pageAfter(cursors, list);
      yield* page.data;
      if (!page.has_more || page.data.length === 0) return;
      cursors = page.data.map(({ id }) => id);
    }
  }

  /** From the last of these that is still there. */
  private async pageAfter<T>(
    cursors: readonly string[],
    list: (stripe: Stripe, from: { limit: number; starting_after?: string }) => Promise<T>,
  ): Promise<T> {
    for (const cursor of cursors.toReversed()) {
      const found = await this.find((stripe) => list(stripe, { limit: 100, starting_after: cursor }));
      if (found !== null) return found;
    }
    return this.read((stripe) => list(stripe, { limit: 100 }));
  }

  /** Waits as long as Stripe asks after "too many requests", if that is not long. */
  private async patiently<T>(ask: () => Promise<T>): Promise<T> {
    for (let waits = 0; ; waits += 1) {
      try {
        return await ask();
      } catch (error) {
        const seconds = waitAfter(error);
        if (seconds === undefined || seconds > LONGEST_WAIT_SECONDS || waits === WAITS) throw error;
        await pause(seconds * 1_000);
      }
    }
  }
}

function isRemembered(answer: object): boolean {
  return (answer as Partial<Stripe.Response<object>>).lastResponse?.headers['idempotent-replayed'] === 'true';
}
