import type pg from 'pg';
import { atDatabase, identifier, inTransaction, withSession } from '#adapters/postgres/session.js';
import type { ClusterBook } from '#control/provisioning/cluster-book.js';
import type { CapabilityKeys } from '#kernel/isolation/capability-keys.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import { auditRowOf } from '#workspace/audit/audit-row.js';
import type { AuditSigner } from '#workspace/audit/audit-signer.js';
import { cutFacts, RETENTION_CUT, type RetentionCutDetails } from '#workspace/audit/retention-cut.js';

/**
 * Takes away the beginning of a tenant's record. Only provisioning can: the triggers refuse everybody who may not switch them off for a
 * transaction. What was taken is on record, signed, so that a look through the chain begins behind it.
 */
export class AuditRetention {
  constructor(
    private readonly clusters: ClusterBook,
    private readonly keys: CapabilityKeys,
    private readonly signer: AuditSigner,
  ) {}

  /** Everything up to the last event before that time goes, and the word for it is the newest event, in one transaction. Null when there was nothing. */
  async cut(tenant: Tenant, before: Date): Promise<RetentionCutDetails | null> {
    const { provisionUrl } = await this.clusters.named(tenant.placement.cluster);
    return withSession(atDatabase(provisionUrl, tenant.placement.database), (provisioning) =>
      inTransaction(provisioning, async () => {
        await provisioning.query('select tenancy.take_turn($1)', [tenant.id]);
        const end = await this.#endOf(provisioning, tenant, before);
        if (!end) return null;
        const count = await this.#remove(provisioning, tenant, end.lastSeq);
        const cut = { ...end, count, before: before.toISOString() };
        const proof = this.signer.sign(cutFacts(tenant.id, cut)).toString('base64url');
        await this.#record(provisioning, tenant, { ...cut, proof });
        return { ...cut, proof };
      }),
    );
  }

  async #endOf(provisioning: pg.Client, { id, placement }: Tenant, before: Date): Promise<{ lastSeq: number; lastLink: string } | null> {
    const { rows } = await provisioning.query<{ seq: string; hash: string }>(
      `select seq, encode(hash, 'hex') as hash from ${identifier(placement.schema)}.audit_event
       where tenant_id = $1 and occurred_at < $2 order by seq desc limit 1`,
      [id, before],
    );
    return rows[0] ? { lastSeq: Number(rows[0].seq), lastLink: rows[0].hash } : null;
  }

  async #remove(provisioning: pg.Client, { id, placement }: Tenant, lastSeq: number): Promise<number> {
    const home = identifier(placement.schema);
    await provisioning.query('set local session_replication_role = replica');
    await provisioning.query(`delete from ${home}.audit_target where tenant_id = $1 and seq <= $2`, [id, lastSeq]);
    const { rowCount } = await provisioning.query(`delete from ${home}.audit_event where tenant_id = $1 and seq <= $2`, [id, lastSeq]);
    await provisioning.query('set local session_replication_role = origin');
    return rowCount ?? 0;
  }

  async #record(provisioning: pg.Client, { id, placement }: Tenant, details: RetentionCutDetails): Promise<void> {
    const { epoch, cluster, schema } = placement;
    const entry = { action: RETENTION_CUT.name, targets: [], details };
    const row = auditRowOf({ entry, version: RETENTION_CUT.version }, id, WorkOrigin.current());
    await provisioning.query(`select set_config('tenant.capability', $1, true)`, [this.keys.present({ tenantId: id, epoch, cluster })]);
    const places = Object.keys(row).map((_, index) => `$${String(index + 1)}`);
    await provisioning.query(
      `insert into ${identifier(schema)}.audit_event (${Object.keys(row).join(', ')}) values (${places.join(', ')})`,
      Object.values(row),
    );
  }
}
