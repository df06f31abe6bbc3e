import { z } from 'zod';
import { Reason } from '#control/operators/reason.js';
import { Instant } from '#workspace/schemas.js';

export const AuditorId = z.uuid();

/** Why is put on record when it is said; the surface's first callers do not say. */
const SaidReason = Reason.default('no reason was given');

/** Who is let in, until when and why. */
export const GrantAuditor = z.strictObject({ email: z.email().max(254), expiresAt: Instant, reason: SaidReason });
export type GrantAuditor = z.infer<typeof GrantAuditor>;

export const RevokeAuditor = z.strictObject({ reason: Reason.optional() });
export type RevokeAuditor = z.infer<typeof RevokeAuditor>;

/** The login, this once. */
export const GrantedAuditor = z
  .strictObject({
    id: z.uuid(),
    url: z.string().describe('The connection string with its password; it is kept nowhere and not shown again.'),
    role: z.string(),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'GrantedAuditor' });
export type GrantedAuditor = z.infer<typeof GrantedAuditor>;

/** Those who were ever let in, newest first. */
export const AuditorList = z
  .strictObject({
    data: z.array(
      z.strictObject({
        id: z.uuid(),
        email: z.string(),
        role: z.string(),
        reason: z.string(),
        expiresAt: z.iso.datetime(),
        createdAt: z.iso.datetime(),
        revokedAt: z.iso.datetime().nullable(),
      }),
    ),
    nextCursor: z.null(),
  })
  .meta({ id: 'Auditors' });
export type AuditorList = z.infer<typeof AuditorList>;
