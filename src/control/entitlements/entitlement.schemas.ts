import { z } from 'zod';
import { Reason } from '#control/operators/reason.js';
import { Instant } from '#workspace/schemas.js';

/** `feature.<name>`, `limit.<name>` or `meter.<name>`. */
export const EntitlementKey = z.string().regex(/^(feature|limit|meter)\.[A-Za-z][A-Za-z-]{0,80}$/, { error: 'is not like limit.members' });

/** What is agreed, until when and why. */
export const AgreeEntitlement = z
  .strictObject({ value: z.union([z.boolean(), z.int().min(0)]), until: Instant.optional(), reason: Reason })
  .meta({ id: 'AgreeEntitlement' });
export type AgreeEntitlement = z.infer<typeof AgreeEntitlement>;

export const EndEntitlement = z.strictObject({ reason: Reason }).meta({ id: 'EndEntitlement' });
export type EndEntitlement = z.infer<typeof EndEntitlement>;

const Agreed = z.strictObject({
  key: z.string(),
  value: z.union([z.boolean(), z.number()]),
  until: z.iso.datetime().nullable(),
  reason: z.string(),
  setBy: z.string(),
  setAt: z.iso.datetime(),
});

/** What a tenant may have now, and what of it was agreed beside its plan. */
export const EntitlementsView = z
  .strictObject({
    plan: z.string(),
    features: z.array(z.string()),
    limits: z.record(z.string(), z.number()),
    meters: z.record(z.string(), z.strictObject({ included: z.int().nullable(), beyond: z.enum(['refuse', 'bill']) })),
    agreed: z.array(Agreed),
  })
  .meta({ id: 'Entitlements' });
export type EntitlementsView = z.infer<typeof EntitlementsView>;
