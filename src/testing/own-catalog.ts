import { randomBytes } from 'node:crypto';
import { atDatabase, identifier, withSession } from '#adapters/postgres/session.js';
import { TestPlatform } from '#testing/test-platform.js';

/** A catalog that no other spec looks into, for what is counted over all of one. */
export interface OwnCatalog {
  /** To be given to a platform. */
  readonly settings: { readonly CATALOG_DATABASE_URL: string };
  /** After whatever was opened on it. */
  drop(): Promise<void>;
}

/** Makes one, at the newest migration, on the test run's server. */
export async function ownCatalog(): Promise<OwnCatalog> {
  const database = `tenantry_catalog_${randomBytes(6).toString('hex')}`;
  const { platform, provisioning } = await TestPlatform.open();
  const { config, clusters } = platform;
  const provisionUrl = String(config.CATALOG_PROVISION_URL);
  const url = atDatabase(config.CATALOG_DATABASE_URL, database);
  await provisioning.catalogBootstrap.run(provisionUrl, url, clusters, []);
  await platform.close();
  return {
    settings: { CATALOG_DATABASE_URL: url },
    drop: () =>
      withSession(provisionUrl, async (session) => {
        await session.query(`drop database ${identifier(database)} with (force)`);
      }),
  };
}
