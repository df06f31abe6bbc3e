import { IdempotencyKeyNeededError } from '#kernel/idempotency/idempotency.errors.js';

const VISIBLE = /^[\x21-\x7e]{1,255}$/;

/** The key of an Idempotency-Key header, bare as the world sends it or quoted as the draft asks. Raises IdempotencyKeyNeededError. */
export function idempotencyKeyOf(header: string | string[] | undefined): string {
  const text = typeof header === 'string' ? header.replace(/^"(.*)"$/, '$1') : '';
  if (!VISIBLE.test(text)) throw new IdempotencyKeyNeededError();
  return text;
}
