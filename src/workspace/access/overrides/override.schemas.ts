import { z } from 'zod';
import { hasPlainYear } from '#kernel/plugin/plain-year.js';
import { Limit, Text } from '#workspace/schemas.js';

const HOLDERS = ['role', 'member', 'machine'] as const;
const Kind = z.string().regex(/^[a-z][a-z-]{0,40}$/, { error: 'is not a kind of thing' });
const Key = z.string().regex(/^[a-z][a-z0-9-]{1,48}$/, { error: 'is not the key of a role' });
const Uuid = z.uuid().toLowerCase();

/** A role by its key, the others by their id. */
const Holder = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('role'), id: Key }),
  z.strictObject({ kind: z.literal('member'), id: Uuid }),
  z.strictObject({ kind: z.literal('machine'), id: Uuid }),
]);

/** Without an id: every one of the kind. */
const Resource = z.strictObject({ kind: Kind, id: Uuid.nullable().default(null) });

/** A right to give or to refuse; without a resource it is about everything the permission is for. */
export const GiveOverride = z
  .strictObject({
    holder: Holder,
    permission: z.string().max(100),
    effect: z.enum(['allow', 'deny']),
    resource: Resource.nullable().default(null),
    reason: Text.trim().min(1).max(500),
    expiresAt: z.iso
      .datetime({ offset: true })
      .transform((text) => new Date(text))
      .refine((time) => hasPlainYear(time) && time.getTime() > Date.now(), { error: 'must be in the future' })
      .nullable()
      .default(null),
  })
  .meta({ id: 'GiveOverride' });
export type GiveOverride = z.infer<typeof GiveOverride>;

export const ListOverrides = z.strictObject({
  limit: Limit.default(50),
  cursor: z.string().optional(),
  holderKind: z.enum(HOLDERS).optional(),
  holder: z.string().max(50).optional(),
});
export type ListOverrides = z.infer<typeof ListOverrides>;

export const OverrideId = Uuid;

/** An override as callers see it. */
export const OverrideView = z
  .strictObject({
    id: z.uuid(),
    holder: z.strictObject({ kind: z.enum(HOLDERS), id: z.string() }),
    permission: z.string(),
    effect: z.enum(['allow', 'deny']),
    resource: z.strictObject({ kind: z.string(), id: z.uuid().nullable() }).nullable(),
    reason: z.string(),
    expiresAt: z.iso.datetime().nullable(),
    createdBy: z.uuid().nullable(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Override' });
export type OverrideView = z.infer<typeof OverrideView>;

/** Newest first, also those that are over; `nextCursor` is null on the last page. */
export const OverridePage = z.strictObject({ data: z.array(OverrideView), nextCursor: z.string().nullable() }).meta({ id: 'OverridePage' });
export type OverridePage = z.infer<typeof OverridePage>;
