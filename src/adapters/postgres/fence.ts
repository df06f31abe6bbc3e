import type pg from 'pg';
import { identifier, inTransaction } from '#adapters/postgres/session.js';
import type { CapabilityKeys } from '#kernel/isolation/capability-keys.js';
import type { Tenant, TenantStatus } from '#kernel/tenancy/tenant.js';

/** What ends the sessions of before when it ends itself; keys and everything else are good again. */
const SHUT_OUT: ReadonlySet<unknown> = new Set<TenantStatus>(['suspended', 'cancelled']);

interface FormerSeal {
  readonly epoch: string;
  readonly closed_as: string | null;
}

/** Writes what a database knows of its tenants: epoch, home, and the hashes of the capabilities that open them. */
export class Fence {
  constructor(private readonly keys: CapabilityKeys) {}

  /**
   * Replaces the tenant's rows by those of its present epoch; a fence of a later epoch is left alone, so a slow writer cannot turn it back.
   * What else a closing or an opening means to the rows behind it happens with it or not at all: what was running waits, and with the end of
   * a suspension or a cancellation the sessions of before it are over. Raises the signal's reason when it was aborted before its turn came.
   */
  async seal(migrator: pg.ClientBase, tenant: Tenant, signal?: AbortSignal): Promise<void> {
    await inTransaction(migrator, async () => {
      await turn(migrator, tenant);
      signal?.throwIfAborted();
      const { rows: before } = await migrator.query<FormerSeal>(
        `delete from tenancy.fence where tenant_id = $1 and epoch <= $2
         returning epoch, case when not is_open then coalesce(closed_as, 'suspended') end as closed_as`,
        [tenant.id, tenant.placement.epoch],
      );
      const { rowCount: isLater } = await migrator.query('select from tenancy.fence where tenant_id = $1', [tenant.id]);
      if (isLater) return;
      await this.#write(migrator, tenant);
      const wasShutOut = before[0] !== undefined && endsShutOut(before[0], tenant);
      if (wasShutOut || SHUT_OUT.has(tenant.status)) await migrator.query('select tenancy.park($1)', [tenant.id]);
      if (wasShutOut && tenant.status === 'active') await this.#endSessions(migrator, tenant);
    });
  }

  async #write(migrator: pg.ClientBase, { id, status, placement: { epoch, cluster, schema } }: Tenant): Promise<void> {
    const seals = this.keys.seals({ tenantId: id, epoch, cluster });
    const isOpen = status === 'active';
    await migrator.query(
      `insert into tenancy.fence (tenant_id, key_id, epoch, home, capability_hash, is_open, closed_as)
       select $1, key_id, $2, $3, hash, $4, $5 from unnest($6::text[], $7::bytea[]) as seal (key_id, hash)`,
      [id, epoch, schema, isOpen, isOpen ? null : status, seals.map(({ keyId }) => keyId), seals.map(({ hash }) => hash)],
    );
  }

  /** As the tenant itself, by the capability that was made good a statement ago: the policies bind everybody else. */
  async #endSessions(migrator: pg.ClientBase, { id, placement: { epoch, cluster, schema } }: Tenant): Promise<void> {
    await migrator.query(`select set_config('tenant.capability', $1, true)`, [this.keys.present({ tenantId: id, epoch, cluster })]);
    await migrator.query('set local role tenantry_owner');
    await migrator.query(
      `update ${identifier(schema)}.member_session set revoked_at = clock_timestamp(), revoke_reason = 'suspended'
       where tenant_id = $1 and revoked_at is null`,
      [id],
    );
    await migrator.query('reset role');
  }

  /** Those of `tenants` whose fence in this database is not that of their epoch, home and status under every key, by its secret and not its name. */
  async stale(migrator: pg.ClientBase, tenants: readonly Tenant[]): Promise<Tenant[]> {
    const { rows } = await migrator.query<{ tenant_id: string; fence: string }>(
      `select tenant_id, string_agg(concat_ws(':', key_id, encode(capability_hash, 'hex'), epoch, home, is_open), ',' order by key_id collate "C") as fence
       from tenancy.fence where tenant_id = any($1::uuid[]) group by tenant_id`,
      [tenants.map(({ id }) => id)],
    );
    const fences = new Map(rows.map((row) => [row.tenant_id, row.fence]));
    return tenants.filter((tenant) => fences.get(tenant.id) !== this.#wanted(tenant));
  }

  #wanted({ id, status, placement: { epoch, cluster, schema } }: Tenant): string {
    return this.keys
      .seals({ tenantId: id, epoch, cluster })
      .sort((one, other) => (one.keyId < other.keyId ? -1 : 1))
      .map(({ keyId, hash }) => [keyId, hash.toString('hex'), epoch, schema, status === 'active' ? 't' : 'f'].join(':'))
      .join(',');
  }

  /** In the caller's transaction. Whoever seals it still is waited for: what came after would be nobody's. */
  async remove(migrator: pg.ClientBase, tenant: Tenant): Promise<void> {
    await turn(migrator, tenant);
    await migrator.query('delete from tenancy.fence where tenant_id = $1', [tenant.id]);
  }
}

/** Until the transaction ends nobody else writes this fence. */
async function turn(migrator: pg.ClientBase, { id }: Tenant): Promise<void> {
  await migrator.query('select pg_advisory_xact_lock(hashtext($1))', [`tenantry.fence.${id}`]);
}

/** Also when the fence missed it: to be suspended and reinstated takes two epochs, and whoever suspended may have been killed before the fence. */
function endsShutOut({ epoch, closed_as }: FormerSeal, { placement }: Tenant): boolean {
  return SHUT_OUT.has(closed_as) || (closed_as === null && placement.epoch - Number(epoch) >= 2);
}
