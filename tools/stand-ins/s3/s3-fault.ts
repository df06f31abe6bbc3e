import { z } from 'zod';

/**
 * What can go wrong with one request: `drop: true` hangs up before the work is done, `"after"` does it and loses the answer, `"midway"` sends half of the answer's body;
 * `corrupt` changes the answer's last byte.
 */
export const S3Fault = z.strictObject({
  status: z.int().min(400).max(599).optional(),
  delayMs: z.int().min(0).max(600_000).optional(),
  drop: z.union([z.literal(true), z.literal('after'), z.literal('midway')]).optional(),
  corrupt: z.literal(true).optional(),
});

export type S3Fault = z.infer<typeof S3Fault>;
