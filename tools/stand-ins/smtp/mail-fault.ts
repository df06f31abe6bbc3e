import { z } from 'zod';

/**
 * What can go wrong with one mail to one recipient: `status` refuses the recipient, `drop` hangs up instead of answering for it,
 * `dropAfterData` takes the mail and hangs up instead of saying so.
 */
export const MailFault = z.strictObject({
  status: z.int().min(400).max(599).optional(),
  delayMs: z.int().min(0).max(600_000).optional(),
  drop: z.literal(true).optional(),
  dropAfterData: z.literal(true).optional(),
});

export type MailFault = z.infer<typeof MailFault>;
