import { BillingUnavailableError } from '#control/billing/billing-provider.js';
import { Deadline } from '#kernel/isolation/deadline.js';
import { StatementDeadlineError } from '#kernel/isolation/isolation.errors.js';

const ANSWER_WITHIN_MS = 10_000;

/** What the provider answers while the turn of a customer is held: the turn is not held for longer. Raises BillingUnavailableError. */
export async function answerInTurn<T>(asked: Promise<T>, withinMs = ANSWER_WITHIN_MS): Promise<T> {
  try {
    return await new Deadline(withinMs).race(asked);
  } catch (error) {
    throw error instanceof StatementDeadlineError ? new BillingUnavailableError('no answer in time', undefined, { cause: error }) : error;
  }
}
