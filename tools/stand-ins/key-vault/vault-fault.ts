import { z } from 'zod';

/** What can go wrong with one request to the vault; `drop: true` hangs up before the work is done, `"after"` does it and loses the answer. */
export const VaultFault = z.strictObject({
  status: z.int().min(400).max(599).optional(),
  retryAfter: z.number().min(0).optional(),
  delayMs: z.int().min(0).max(600_000).optional(),
  drop: z.union([z.literal(true), z.literal('after')]).optional(),
});

export type VaultFault = z.infer<typeof VaultFault>;
