import { createHash } from 'node:crypto';

/** An event as it is hashed: every field as text, JSON as PostgreSQL writes `jsonb`, the time as UTC with microseconds, hashes as hex. */
export interface SealedEvent {
  /** A tenant's id, or `platform`. */
  readonly chain: string;
  readonly id: string;
  readonly seq: number;
  readonly occurredAt: string;
  readonly action: string;
  readonly version: number;
  readonly actor: string;
  readonly surface: string;
  readonly requestId: string;
  readonly traceId: string;
  readonly context: string;
  readonly targets: string;
  readonly changes: string;
  readonly details: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly prevHash: string;
}

/** The hash before the first event. */
export const GENESIS = '00'.repeat(32);

/** The bytes that are hashed: for each field the length of its UTF-8 in four bytes, big-endian, and the UTF-8; a null is the length -1. */
export function canonicalBytes(event: SealedEvent): Buffer {
  return Buffer.concat(fieldsOf(event).map(fieldBytes));
}

/** SHA-256 of the canonical bytes, as hex. The database computes the same when it seals an event (provisioning/tenancy.sql). */
export function hashOfEvent(event: SealedEvent): string {
  return createHash('sha256').update(canonicalBytes(event)).digest('hex');
}

function fieldsOf(event: SealedEvent): (string | null)[] {
  const { chain, id, seq, occurredAt, action, version, actor, surface, requestId, traceId } = event;
  const { context, targets, changes, details, outcome, reason, prevHash } = event;
  const head = ['tenantry.audit.v1', chain, id, String(seq), occurredAt, action, String(version), actor, surface, requestId, traceId];
  return [...head, context, targets, changes, details, outcome, reason, prevHash];
}

function fieldBytes(value: string | null): Buffer {
  const bytes = Buffer.from(value ?? '', 'utf8');
  const length = Buffer.alloc(4);
  length.writeInt32BE(value === null ? -1 : bytes.length);
  return Buffer.concat([length, bytes]);
}
