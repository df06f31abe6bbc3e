import { z } from 'zod';

const Endpoint = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  secret: z.string().min(1),
  /** The Host header, when the address is not the name that the receiver answers to. */
  host: z.string().optional(),
  shape: z.enum(['snapshot', 'thin', 'both']).default('snapshot'),
});

/** How notices are sent: in order and once, unless told otherwise. What is not given stays as it was; `endpoints` replaces all. */
export const WebhookSwitches = z.strictObject({
  endpoints: z.array(Endpoint).max(16).optional(),
  /** How often each notice is sent. */
  duplicate: z.int().min(1).max(100).optional(),
  /** Takes any notice that waits instead of the oldest. */
  shuffle: z.boolean().optional(),
  delayMs: z.int().min(0).max(600_000).optional(),
  /** The share of notices that is never sent. */
  drop: z.number().min(0).max(1).optional(),
  /** Keeps notices back until it is switched off. */
  hold: z.boolean().optional(),
  /** How many are under way at once to one endpoint. */
  parallel: z.int().min(1).max(64).optional(),
  /** The wait before the first repetition of a notice that was refused; each further one is twice as long. */
  retryMs: z.int().min(1).max(600_000).optional(),
  /** How often a notice is sent in all before it is given up. */
  tries: z.int().min(1).max(20).optional(),
});

export type WebhookSwitches = z.infer<typeof WebhookSwitches>;
export type WebhookEndpoint = z.infer<typeof Endpoint>;
