import { identifier } from '#adapters/postgres/session.js';
import { homeOf } from '#catalog/fleet/home-ledger.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { FleetStage } from '#testing/fleet/fleet-stage.js';

/** The product's newest migration, the one before it, and what it makes. */
export const NEWEST = { name: '0010-usage', before: '0009-auditors', table: 'usage_counter' } as const;

/** Homes of real tenants that have not had the newest migration, for whoever sends it. */
export class SetBack {
  constructor(private readonly stage: FleetStage) {}

  /** The home is as before it, and the ledger says so; whatever is in its way goes as well. */
  async home({ placement }: Tenant): Promise<void> {
    await this.stage.onDatabase(placement.database, async (session) => {
      await session.query(`drop table if exists ${identifier(placement.schema)}.${NEWEST.table}`);
      await session.query('delete from tenancy.migration where home = $1 and name = $2', [placement.schema, NEWEST.name]);
    });
    await this.stage.tests.provisioning.ledger.correct([{ ...homeOf(placement), version: NEWEST.before, needs: '' }]);
  }

  /** The same with something in its way. */
  async poisoned(tenant: Tenant): Promise<void> {
    await this.home(tenant);
    const { database, schema } = tenant.placement;
    await this.stage.onDatabase(database, (session) => session.query(`create table ${identifier(schema)}.${NEWEST.table} ()`));
  }

  /** Whether the home has what the newest migration makes; nothing that was in its way counts. */
  async has({ placement }: Tenant): Promise<boolean> {
    const { rows } = await this.stage.onDatabase(placement.database, (session) =>
      session.query(`select from information_schema.columns where table_schema = $1 and table_name = $2`, [placement.schema, NEWEST.table]),
    );
    return rows.length > 0;
  }

  /** What no error text may hold: how servers are reached, and with which passwords. */
  get secrets(): string[] {
    const [cluster] = this.stage.tests.provisioning.clusters;
    const urls = [cluster?.appUrl, cluster?.migratorUrl, cluster?.provisionUrl, this.stage.settings['CATALOG_DATABASE_URL']];
    return ['://', ...urls.flatMap((url) => (url === undefined ? [] : [url, new URL(url).host, new URL(url).password])).filter(Boolean)];
  }
}
