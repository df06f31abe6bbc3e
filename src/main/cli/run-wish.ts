import type { RunWish } from '#catalog/fleet/migration-run.js';
import { UsageError } from '#main/cli/usage-error.js';

/** How a run goes about it, as the command line says it. */
export interface WishOptions {
  readonly canary: string;
  readonly concurrency: string;
  readonly maxFailures: string;
  readonly lockTimeout: string;
}

const PERCENT = /^(\d{1,3}(?:\.\d{1,2})?)%$/;

/** Raises UsageError. */
export function wishOf({ canary, concurrency, maxFailures, lockTimeout }: WishOptions): Omit<RunWish, 'tier' | 'region' | 'tenants'> {
  return {
    canary: number(canary, '--canary', 0, 1_000),
    concurrency: number(concurrency, '--concurrency', 1, 32),
    maxFailures: failuresOf(maxFailures),
    lockTimeoutMs: number(lockTimeout, '--lock-timeout', 10, 60_000),
  };
}

/** A budget of failures as it is written. */
export function failuresText(budget: RunWish['maxFailures']): string {
  return 'count' in budget ? String(budget.count) : `${String(budget.percent)}%`;
}

function failuresOf(text: string): RunWish['maxFailures'] {
  if (!text.endsWith('%')) return { count: number(text, '--max-failures', 0, 1_000_000) };
  const percent = Number(PERCENT.exec(text)?.[1]);
  if (!(percent > 0 && percent <= 100))
    throw new UsageError(`--max-failures is a number, or more than 0 and at most 100 % with at most two decimals, not ${text}`);
  return { percent };
}

function number(text: string, option: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d{1,7}$/.test(text) || value < least || value > most)
    throw new UsageError(`${option} is a number from ${String(least)} to ${String(most)}, not ${text}`);
  return value;
}
