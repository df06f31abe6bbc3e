import type pg from 'pg';
import { identifier } from '#adapters/postgres/session.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { AuditSigner } from '#workspace/audit/audit-signer.js';
import { GENESIS, hashOfEvent, type SealedEvent } from '#workspace/audit/canonical-event.js';
import { cutFacts, RETENTION_CUT, RetentionCutDetails } from '#workspace/audit/retention-cut.js';

const EVENTS_AT_ONCE = 500;

/** Everything as the text that is hashed. */
const KEPT = `tenant_id as chain, id, seq::text, to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "occurredAt",
  action, version, actor::text, surface, request_id as "requestId", trace_id as "traceId", context::text, targets::text, changes::text,
  details::text, outcome, reason, encode(prev_hash, 'hex') as "prevHash"`;

/**
 * Seals a record that was brought from another tenant as this one's, event by event in its order, in the transaction that brought it and past
 * its triggers. What was cut off the beginning there is signed for anew, because the word for it named the other.
 */
export async function resealed(session: pg.Client, tenant: Tenant, signer: AuditSigner): Promise<void> {
  const home = identifier(tenant.placement.schema);
  await resignCut(session, tenant, signer);
  const last = { seq: 0, hash: '' };
  for (;;) {
    const { rows } = await session.query<Omit<SealedEvent, 'seq'> & { seq: string }>(
      `select ${KEPT} from ${home}.audit_event e where e.tenant_id = $1 and e.seq > $2 order by e.seq limit ${String(EVENTS_AT_ONCE)}`,
      [tenant.id, last.seq],
    );
    const sealed: { seq: string; prev: string; hash: string }[] = [];
    for (const row of rows) {
      const prevHash = last.hash || (row.seq === '1' ? GENESIS : row.prevHash);
      const hash = hashOfEvent({ ...row, seq: Number(row.seq), prevHash });
      sealed.push({ seq: row.seq, prev: prevHash, hash });
      Object.assign(last, { seq: Number(row.seq), hash });
    }
    await session.query(
      `update ${home}.audit_event e set prev_hash = decode(s.prev, 'hex'), hash = decode(s.hash, 'hex')
       from jsonb_to_recordset($2::jsonb) as s (seq bigint, prev text, hash text) where e.tenant_id = $1 and e.seq = s.seq`,
      [tenant.id, JSON.stringify(sealed)],
    );
    if (rows.length < EVENTS_AT_ONCE) break;
  }
  await session.query(`delete from ${home}.audit_head where tenant_id = $1`, [tenant.id]);
  if (last.seq > 0)
    await session.query(`insert into ${home}.audit_head (tenant_id, seq, hash) values ($1, $2, decode($3, 'hex'))`, [
      ...[tenant.id, last.seq, last.hash],
    ]);
}

/** The newest cut is the one that counts; its proof is the only thing of the record that is written anew. */
async function resignCut(session: pg.Client, { id, placement }: Tenant, signer: AuditSigner): Promise<void> {
  const home = identifier(placement.schema);
  const { rows } = await session.query<{ seq: string; details: unknown }>(
    `select seq, details from ${home}.audit_event where tenant_id = $1 and action = $2 order by seq desc limit 1`,
    [id, RETENTION_CUT.name],
  );
  const { data: details } = RetentionCutDetails.safeParse(rows[0]?.details);
  if (!rows[0] || !details) return;
  const proof = signer.sign(cutFacts(id, details)).toString('base64url');
  await session.query(`update ${home}.audit_event set details = $3 where tenant_id = $1 and seq = $2`, [
    ...[id, rows[0].seq, JSON.stringify({ ...details, proof })],
  ]);
}
