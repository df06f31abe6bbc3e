import { randomInt } from 'node:crypto';

const SIGNS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A fresh name as Stripe mints them: what it is, and letters and digits. */
export function newId(prefix: string, length = 16): string {
  return `${prefix}_${Array.from({ length }, () => SIGNS[randomInt(SIGNS.length)]).join('')}`;
}
