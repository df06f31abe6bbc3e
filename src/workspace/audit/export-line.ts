import type { KeptEvent } from '#workspace/audit/audit-chain.js';
import { jsonbText, parseExact } from '#workspace/audit/jsonb-text.js';

/** An event as a line of an export; its JSON stands there as PostgreSQL wrote it. */
export function exportLine(event: KeptEvent): string {
  const { chain, id, seq, occurredAt, action, version, actor, surface, requestId, traceId } = event;
  const { context, targets, changes, details, outcome, reason, prevHash, hash } = event;
  const plain = JSON.stringify({
    chain,
    id,
    seq,
    occurredAt,
    action,
    version,
    surface,
    requestId,
    traceId,
    outcome,
    reason,
    prevHash,
    hash,
  });
  return `${plain.slice(0, -1)},"actor":${actor},"context":${context},"targets":${targets},"changes":${changes},"details":${details}}`;
}

/** The event of a line, with its JSON as text again. Raises SyntaxError. */
export function readExportLine(line: string): KeptEvent {
  const { seq, version, actor, context, targets, changes, details, ...plain } = parseExact(line) as Record<string, unknown>;
  const text = { actor, context, targets, changes, details };
  return {
    ...plain,
    ...{ seq: Number(jsonbText(seq)), version: Number(jsonbText(version)) },
    ...Object.fromEntries(Object.entries(text).map(([name, value]) => [name, jsonbText(value)])),
  } as unknown as KeptEvent;
}
