import { BillingUnavailableError } from '#control/billing/billing-provider.js';
import { Deadline } from '#kernel/isolation/deadline.js';
import { StatementDeadlineError } from '#kernel/isolation/isolation.errors.js';

/** How long somebody may be kept waiting for the provider, who is asked again and again by itself. */
const WITHIN_MS = 10_000;

/**
 * The provider's answer, or BillingUnavailableError after 10 s. What is asked may be done all the same: it may be asked for again, and is done
 * once.
 */
export async function withinTime<T>(asked: Promise<T>, milliseconds = WITHIN_MS): Promise<T> {
  try {
    return await new Deadline(milliseconds).race(asked);
  } catch (error) {
    throw error instanceof StatementDeadlineError ? new BillingUnavailableError('no answer in time', undefined, { cause: error }) : error;
  }
}
