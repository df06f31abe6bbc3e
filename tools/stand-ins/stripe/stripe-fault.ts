import { z } from 'zod';

/**
 * What can go wrong with one request. `status` answers without doing the work (5xx is saved under the Idempotency-Key), together with
 * `afterEffect` it does it first; `afterEffect` alone does the work and hangs up; `drop` hangs up before (`true`) or after the work (`"after"`);
 * `hang` never answers. `duplicate` is of webhooks: the next notice is sent that often.
 */
export const StripeFault = z.strictObject({
  status: z.int().min(400).max(599).optional(),
  retryAfter: z.number().min(0).optional(),
  delayMs: z.int().min(0).max(600_000).optional(),
  afterEffect: z.literal(true).optional(),
  drop: z.union([z.literal(true), z.literal('after')]).optional(),
  hang: z.literal(true).optional(),
  duplicate: z.int().min(1).max(100).optional(),
});

export type StripeFault = z.infer<typeof StripeFault>;
