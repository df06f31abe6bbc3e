import type pg from 'pg';
import { inTransaction } from '#adapters/postgres/session.js';
import type { CapabilityKeys } from '#kernel/isolation/capability-keys.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** Writes what a database knows of its tenants: epoch, home, and the hashes of the capabilities that open them. */
export class Fence {
  constructor(private readonly keys: CapabilityKeys) {}

  /** Replaces the tenant's rows by those of its present epoch; a fence of a later epoch is left alone, so a slow writer cannot turn it back. */
  async seal(migrator: pg.Client, tenant: Tenant): Promise<void> {
    const { epoch, cluster, schema } = tenant.placement;
    const seals = this.keys.seals({ tenantId: tenant.id, epoch, cluster });
    await inTransaction(migrator, async () => {
      await migrator.query('select pg_advisory_xact_lock(hashtext($1))', [`tenantry.fence.${tenant.id}`]);
      const { rowCount } = await migrator.query('select from tenancy.fence where tenant_id = $1 and epoch > $2', [tenant.id, epoch]);
      if (rowCount) return;
      await migrator.query('delete from tenancy.fence where tenant_id = $1', [tenant.id]);
      await migrator.query(
        `insert into tenancy.fence (tenant_id, key_id, epoch, home, capability_hash, is_open)
         select $1, key_id, $2, $3, hash, $4 from unnest($5::text[], $6::bytea[]) as seal (key_id, hash)`,
        [tenant.id, epoch, schema, tenant.status === 'active', seals.map(({ keyId }) => keyId), seals.map(({ hash }) => hash)],
      );
    });
  }

  /** Those of `tenants` whose fence in this database is not that of their epoch, home and status under every key, by its secret and not its name. */
  async stale(migrator: pg.Client, tenants: readonly Tenant[]): Promise<Tenant[]> {
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

  async remove(migrator: pg.Client, tenant: Tenant): Promise<void> {
    await migrator.query('delete from tenancy.fence where tenant_id = $1', [tenant.id]);
  }
}
