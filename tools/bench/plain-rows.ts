import { atDatabase, withSession } from '#adapters/postgres/session.js';
import type { Cluster } from '#control/provisioning/cluster.js';
import { fillText } from '#tools/bench/ticket-rows.js';

/** Gives the baselines' tables the same rows of these tenants as the product's have. */
export async function fillPlainTables({ provisionUrl, appUrl }: Cluster, tenantIds: readonly string[]): Promise<void> {
  await withSession(atDatabase(provisionUrl, new URL(appUrl).pathname.slice(1)), async (superuser) => {
    for (const table of ['plain.tickets', 'recipe.tickets']) {
      await superuser.query(fillText(table), [tenantIds]);
      await superuser.query(`vacuum analyze ${table}`);
    }
    await superuser.query('checkpoint');
  });
}
