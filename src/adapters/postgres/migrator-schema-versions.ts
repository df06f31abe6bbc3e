import { atDatabase, withSession } from '#adapters/postgres/session.js';
import { SchemaVersions } from '#control/metrics/schema-versions.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** Reads the version of a tenant's home with the login of migrations: the application's own may not look at others' homes. */
export class MigratorSchemaVersions extends SchemaVersions {
  readonly #urls: ReadonlyMap<string, string>;

  constructor(clusters: readonly { readonly name: string; readonly migratorUrl?: string | undefined }[]) {
    super();
    this.#urls = new Map(clusters.flatMap(({ name, migratorUrl }) => (migratorUrl === undefined ? [] : [[name, migratorUrl]])));
  }

  async of({ placement: { cluster, database, schema } }: Tenant): Promise<string | null> {
    const url = this.#urls.get(cluster);
    if (url === undefined) return null;
    try {
      return await withSession(atDatabase(url, database), async (session) => {
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
