import { z } from 'zod';
import { AUDIT_OUTCOMES } from '#workspace/audit/audit-entry.js';
import { Instant, Limit, Text } from '#workspace/schemas.js';

const Word = Text.min(1).max(200);
const Json = z.record(z.string(), z.unknown());
const Hash = z.string().regex(/^[0-9a-f]{64}$/);

/** From which place on; the answer says where to go on. */
export const VerifyAudit = z.strictObject({
  from: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, { error: 'is not a place' })
    .transform(Number)
    .optional(),
});
export type VerifyAudit = z.infer<typeof VerifyAudit>;

/** Which events; `target` is an id, or a type and an id with a colon between; `from` is included, `to` is not. */
export const ListAuditEvents = z.strictObject({
  actor: Word.optional(),
  action: Word.optional(),
  target: Word.optional(),
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
    nextSeq: z.int().nullable(),
    publicKey: z.string(),
    publicKeys: z.array(z.string()),
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
