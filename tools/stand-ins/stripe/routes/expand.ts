import type { Ledger } from '../ledger.js';
import { StripeRefusal } from '../stripe-refusal.js';

const DEEPEST = 4;

/** A copy of the answer in which the paths named hold objects in the place of their ids. Raises StripeRefusal on a path deeper than the protocol allows. */
export function expanded(ledger: Ledger, answer: object, paths: readonly string[]): object {
  const copy = structuredClone(answer);
  for (const path of paths) {
    const steps = path.split('.');
    if (steps.length > DEEPEST)
      throw StripeRefusal.invalid(`You cannot expand more than ${DEEPEST} levels of a property. Property: ${path}`, 'expand');
    fill(ledger, copy as Record<string, unknown>, steps);
  }
  return copy;
}

function fill(ledger: Ledger, place: Record<string, unknown>, [step = '', ...rest]: readonly string[]): void {
  const value = place[step];
  if (typeof value === 'string') {
    const found = ledger.find(value);
    if (found) place[step] = structuredClone(found);
  }
  if (rest.length === 0) return;
  const inner = place[step];
  for (const each of Array.isArray(inner) ? inner : [inner])
    if (typeof each === 'object' && each !== null) fill(ledger, each as Record<string, unknown>, rest);
}
