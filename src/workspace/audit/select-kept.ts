import type { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { AuditTables } from '#workspace/audit/audit-table.js';

const MICROSECONDS = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"';

/** Events with everything as the text that is hashed. */
export function selectKept(contexts: TenantContextFactory) {
  return contexts
    .reads<AuditTables>()
    .selectFrom('audit_event')
    .select((eb) => [
      'tenant_id as chain',
      'id',
      'seq',
      eb.fn<string>('to_char', [eb.fn('timezone', [eb.val('UTC'), 'occurred_at']), eb.val(MICROSECONDS)]).as('occurredAt'),
      'action',
      'version',
      eb.cast<string>('actor', 'text').as('actor'),
      'surface',
      'request_id as requestId',
      'trace_id as traceId',
      eb.cast<string>('context', 'text').as('context'),
      eb.cast<string>('targets', 'text').as('targets'),
      eb.cast<string>('changes', 'text').as('changes'),
      eb.cast<string>('details', 'text').as('details'),
      'outcome',
      'reason',
      eb.fn<string>('encode', ['prev_hash', eb.val('hex')]).as('prevHash'),
      eb.fn<string>('encode', ['hash', eb.val('hex')]).as('hash'),
    ]);
}
