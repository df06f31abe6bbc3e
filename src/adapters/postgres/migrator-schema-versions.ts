import { atDatabase, withSession } from '#adapters/postgres/session.js';
import { SchemaVersions } from '#control/metrics/schema-versions.js';
import type { Cluster } from '#control/provisioning/cluster.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** Reads the version of a tenant's home with the login of migrations: the application's own may not look at others' homes. */
export class MigratorSchemaVersions extends SchemaVersions {
  constructor(private readonly clusters: { named(name: string): Promise<Pick<Cluster, 'migratorUrl'>> }) {
    super();
  }

  async of({ placement: { cluster, database, schema } }: Tenant): Promise<string | null> {
    try {
      const { migratorUrl } = await this.clusters.named(cluster);
      return await withSession(atDatabase(migratorUrl, database), async (session) => {
        const { rows } = await session.query<{ name: string | null }>('select max(name) as name from tenancy.migration where home = $1', [
          schema,
        ]);
        return rows[0]?.name ?? null;
      });
    } catch {
      return null; // the count itself says whether the database is there
    }
  }
}
