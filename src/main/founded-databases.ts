import type { FoundedDatabase } from '#control/doctor/checks/foundations.check.js';
import { TEMPLATE_DATABASE } from '#control/provisioning/placer.js';
import type { Provisioning } from '#main/provisioning.js';

/** Every database that was given tenancy.sql: shared ones, those of tenants that are settled, and the template of each of our servers, which new ones are copies of. */
export async function foundedDatabases(
  { clusters, tenants }: Pick<Provisioning, 'clusters' | 'tenants'>,
  settled: () => Promise<ReadonlySet<string>>,
): Promise<readonly FoundedDatabase[]> {
  const [everybody, known] = [await tenants.list(), await settled()];
  const all = [
    ...clusters.flatMap(({ name, appUrl }) =>
      [new URL(appUrl).pathname.slice(1), TEMPLATE_DATABASE].map((database) => ({ cluster: name, database })),
    ),
    ...everybody.filter(({ id }) => known.has(id)).map(({ placement: { cluster, database } }) => ({ cluster, database })),
  ];
  return [...new Map(all.map((one) => [`${one.cluster}/${one.database}`, one])).values()];
}
