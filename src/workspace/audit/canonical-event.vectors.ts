import type { SealedEvent } from '#workspace/audit/canonical-event.js';

/** An event and the SHA-256 of its canonical bytes, computed by a third program: for whoever writes another program that checks the record. */
export interface CanonicalVector {
  readonly says: string;
  readonly event: SealedEvent;
  readonly sha256: string;
}

const PLAIN: SealedEvent = {
  chain: '0199aaaa-0000-7000-8000-000000000001',
  id: '0199aaaa-0000-7000-8000-0000000000e1',
  seq: 1,
  occurredAt: '2026-11-21T07:00:00.000001Z',
  action: 'tickets.open',
  version: 1,
  actor: '{"id": "0199aaaa-0000-7000-8000-0000000000a1", "type": "user"}',
  surface: 'http',
  requestId: 'request-1',
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  context: '{"ip": "203.0.113.7"}',
  targets: '[{"id": "t1", "type": "ticket"}]',
  changes: '[]',
  details: '{}',
  outcome: 'success',
  reason: null,
  prevHash: '00'.repeat(32),
};

export const CANONICAL_VECTORS: readonly CanonicalVector[] = [
  { says: 'the first event of a chain', event: PLAIN, sha256: '68b69248a120e43b3b45ad2d4cbeaab243ccbe723fafab5bb0dca660abbbb7db' },
  {
    says: 'a reason that is empty is not a reason that is missing',
    event: { ...PLAIN, reason: '' },
    sha256: 'd8d8ca8e9054a33e1c99e39bfb7f5b36abd68889965a9334fbf0f955a274ae24',
  },
  {
    says: 'a length is one of bytes and not of letters',
    event: { ...PLAIN, seq: 2, reason: 'grün 😀', details: '{"ключ": "é"}', prevHash: 'ab'.repeat(32) },
    sha256: 'd43f5054b2388147cce6f2b6032ea6338d4db1b44071dd8fccb573a67e6fc636',
  },
  {
    says: 'what moves from one field to the next makes another event',
    event: { ...PLAIN, surface: 'httprequest', requestId: '-1' },
    sha256: '1a8444fe2f1705f6263f9c017be073d67d3387293e56026e5e58ec7cd169baa4',
  },
];
