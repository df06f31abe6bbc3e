import { z } from 'zod';
import { hasPlainYear } from '#kernel/plugin/plain-year.js';
import { AUDIT_OUTCOMES } from '#workspace/audit/audit-entry.js';

const Limit = z.preprocess((text) => (typeof text === 'string' && /^\d{1,3}$/.test(text) ? Number(text) : text), z.int().min(1).max(100));
const Text = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => !text.includes('\0'), { error: 'holds a character that cannot be kept' });
const Instant = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine(hasPlainYear, { error: 'must be of the years 1 to 9999 in UTC' });
const Json = z.record(z.string(), z.unknown());
const Hash = z.string().regex(/^[0-9a-f]{64}$/);

/** Which events; `target` is an id, or a type and an id with a colon between; `from` is included, `to` is not. */
export const ListAuditEvents = z.strictObject({
  actor: Text.optional(),
  action: Text.optional(),
  target: Text.optional(),
  from: Instant.optional(),
  to: Instant.optional(),
  outcome: z.enum(AUDIT_OUTCOMES).optional(),
  limit: Limit.default(50),
  cursor: z.string().optional(),
});
export type ListAuditEvents = z.infer<typeof ListAuditEvents>;

/** An event as callers see it; the time has microseconds. */
export const AuditEventView = z
  .strictObject({
    id: z.uuid(),
    seq: z.int(),
    occurredAt: z.iso.datetime(),
    action: z.string(),
    version: z.int(),
    actor: Json,
    surface: z.string(),
    requestId: z.string(),
    traceId: z.string(),
    context: Json,
    targets: z.array(Json),
    changes: z.array(Json),
    details: Json,
    outcome: z.enum(AUDIT_OUTCOMES),
    reason: z.string().nullable(),
    hash: Hash,
  })
  .meta({ id: 'AuditEvent' });
export type AuditEventView = z.infer<typeof AuditEventView>;

/** Newest first; `nextCursor` is null on the last page. */
export const AuditEventPage = z
  .strictObject({ data: z.array(AuditEventView), nextCursor: z.string().nullable() })
  .meta({ id: 'AuditEventPage' });
export type AuditEventPage = z.infer<typeof AuditEventPage>;

/** What a look through the whole chain found, and the key the platform signs with (Ed25519, SPKI as base64). */
export const AuditVerdictView = z
  .strictObject({
    valid: z.boolean(),
    checked: z.int(),
    problems: z.array(
      z.strictObject({
        seq: z.int(),
        kind: z.string(),
        until: z.int().optional(),
        other: z.int().optional(),
        origin: z.string().optional(),
      }),
    ),
    anchoredUpTo: z.int(),
    publicKey: z.string(),
  })
  .meta({ id: 'AuditVerdict' });
export type AuditVerdictView = z.infer<typeof AuditVerdictView>;

/** The last line of an export. */
export const AuditManifest = z.strictObject({
  manifest: z.strictObject({
    format: z.literal('tenantry.audit-export.v1'),
    tenantId: z.uuid(),
    count: z.int(),
    first: z.strictObject({ seq: z.int(), prevHash: Hash }).nullable(),
    last: z.strictObject({ seq: z.int(), hash: Hash }).nullable(),
    sha256: Hash,
    takenAt: z.iso.datetime(),
    publicKey: z.string(),
    signature: z.base64(),
    verifyWith: z.string(),
  }),
});
export type AuditManifest = z.infer<typeof AuditManifest>;
