import { randomBytes } from 'node:crypto';
import { scramVerifier } from '#adapters/postgres/scram-verifier.js';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import type { AuditorLogin, AuditorLogins } from '#control/auditors/auditor-logins.js';
import type { Cluster } from '#control/provisioning/cluster.js';
import type { ClusterBook, KnownCluster } from '#control/provisioning/cluster-book.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** Logins of auditors as roles of PostgreSQL, made by two functions of the database (provisioning/tenancy.sql): no superuser is needed. */
export class PostgresAuditorLogins implements AuditorLogins {
  constructor(private readonly clusters: ClusterBook<KnownCluster & Pick<Cluster, 'migratorUrl'>>) {}

  async open(tenant: Tenant, { role, expiresAt }: AuditorLogin): Promise<string> {
    const { cluster, database, schema } = tenant.placement;
    const { appUrl, migratorUrl, publicUrl } = await this.clusters.named(cluster);
    const password = randomBytes(32).toString('base64url');
    await withSession(atDatabase(migratorUrl, database), (migrator) =>
      migrator.query('select tenancy.grant_auditor($1, $2, $3, $4, $5)', [role, tenant.id, schema, scramVerifier(password), expiresAt]),
    );
    const url = new URL(atDatabase(publicUrl ?? appUrl, database));
    url.username = role;
    url.password = password;
    return url.href;
  }

  async close({ placement: { cluster, database } }: Tenant, role: string): Promise<void> {
    const { migratorUrl } = await this.clusters.named(cluster);
    await withSession(atDatabase(migratorUrl, database), (migrator) => migrator.query('select tenancy.revoke_auditor($1)', [role]));
  }
}
