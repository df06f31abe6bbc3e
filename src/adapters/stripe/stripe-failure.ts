import Stripe from 'stripe';
import { AppError } from '#kernel/errors/app-error.js';
import { BillingRefusedError, BillingUnavailableError } from '#control/billing/billing-provider.js';

/** The error as the port has it. The vendor's words stay behind: they may quote what was asked. */
export function failureOf(error: unknown): Error {
  if (error instanceof AppError || !(error instanceof Stripe.errors.StripeError))
    return error instanceof Error ? error : new Error(String(error));
  if (error instanceof Stripe.errors.StripeRateLimitError) return new BillingUnavailableError('rate limited', retryAfterOf(error));
  if (error instanceof Stripe.errors.StripeConnectionError) return new BillingUnavailableError('no answer');
  const status = error.statusCode ?? 500;
  if (status === 401 || status === 403) return new BillingUnavailableError('the key is not accepted');
  if (status >= 500) return new BillingUnavailableError(`answered ${status}`);
  if (status === 409) return new BillingUnavailableError('the same is under way');
  return new BillingRefusedError(error.code ?? error.type);
}

/** Whether the work may be done although it was answered with this. */
export function isDoubtful(error: unknown): boolean {
  return (
    error instanceof Stripe.errors.StripeConnectionError ||
    isAnsweredFailure(error) ||
    error instanceof Stripe.errors.StripeIdempotencyError
  );
}

/** Whether this answer comes again whenever the same Idempotency-Key does. */
export function isBoundToKey(error: unknown): boolean {
  return isAnsweredFailure(error) || (error instanceof Stripe.errors.StripeIdempotencyError && error.statusCode === 400);
}

/** Whether the thing asked for is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof BillingRefusedError && error.reason === 'resource_missing';
}

/** Seconds to wait after "too many requests"; undefined for any other answer. */
export function waitAfter(error: unknown): number | undefined {
  return error instanceof Stripe.errors.StripeRateLimitError ? (retryAfterOf(error) ?? 1) : undefined;
}

function isAnsweredFailure(error: unknown): boolean {
  return (
    error instanceof Stripe.errors.StripeError && !(error instanceof Stripe.errors.StripeConnectionError) && (error.statusCode ?? 0) >= 500
  );
}

function retryAfterOf(error: Stripe.errors.StripeError): number | undefined {
  const seconds = Number(error.headers?.['retry-after']);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}
