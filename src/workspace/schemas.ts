import { z } from 'zod';
import { hasPlainYear } from '#kernel/plugin/plain-year.js';

/** How many of a list at once, as a query says it: 1 to 100. */
export const Limit = z.preprocess(
  (text) => (typeof text === 'string' && /^\d{1,3}$/.test(text) ? Number(text) : text),
  z.int().min(1).max(100),
);

/** Text that can be kept: PostgreSQL keeps every character but NUL. */
export const Text = z.string().refine((text) => !text.includes('\0'), { error: 'holds a character that cannot be kept' });

/** A time with its offset, as a Date. An offset may carry it over the edge of what can be written, which is refused. */
export const Instant = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine(hasPlainYear, { error: 'must be of the years 1 to 9999 in UTC' });
