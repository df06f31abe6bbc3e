import { PostgresHomes } from '#adapters/postgres/postgres-homes.js';
import { PostgresInventory } from '#adapters/postgres/postgres-inventory.js';
import { PostgresServerRoles } from '#adapters/postgres/truth/postgres-server-roles.js';
import { OwnClusters } from '#catalog/clusters/own-clusters.js';
import { Sightings } from '#catalog/doctor/sightings.js';
import { Tombstones } from '#catalog/lifecycle/tombstones.js';
import { KnownTenants } from '#catalog/tenants/known-tenants.js';
import { CustomersCheck } from '#control/doctor/checks/customers.check.js';
import { FoundationsCheck } from '#control/doctor/checks/foundations.check.js';
import { HomesCheck } from '#control/doctor/checks/homes.check.js';
import { JobsCheck } from '#control/doctor/checks/jobs.check.js';
import { OwnServersCheck } from '#control/doctor/checks/own-servers.check.js';
import { PlacesCheck } from '#control/doctor/checks/places.check.js';
import { RolesCheck } from '#control/doctor/checks/roles.check.js';
import { SecretsCheck } from '#control/doctor/checks/secrets.check.js';
import { WorksCheck } from '#control/doctor/checks/works.check.js';
import { Doctor } from '#control/doctor/doctor.js';
import type { Clock } from '#kernel/work/clock.js';
import { foundedDatabases } from '#main/founded-databases.js';
import { openPostgresStore } from '#main/open-eraser.js';
import type { Platform } from '#main/platform.js';
import type { Provisioning } from '#main/provisioning.js';

/** Everything that is looked at; nothing is asked before it is. */
export async function openDoctor(
  platform: Platform,
  provisioning: Provisioning,
  { sparedMs, clock = platform.members.clock }: { sparedMs: number; clock?: Clock },
): Promise<Doctor> {
  const { catalog, secrets, works, overseer, billing } = platform;
  const { clusterBook, homes, fences, keeper, ledger, tenants, ownServers, foundations } = provisioning;
  const known = new KnownTenants(catalog);
  const places = () => known.places();
  const rows = openPostgresStore(platform, clusterBook);
  const inventory = new PostgresInventory(clusterBook, rows);
  const shared = (await clusterBook.all()).filter(({ kind }) => kind === 'shared');
  const founded = () => foundedDatabases(provisioning, () => known.settled());
  return new Doctor({
    checks: [
      ...shared.map((cluster) => new PlacesCheck({ cluster, inventory, places, tenants: () => known.ids() })),
      new OwnServersCheck(
        () => new OwnClusters(catalog).list(),
        ownServers,
        () => known.ids(),
      ),
      new SecretsCheck(secrets, places),
      new CustomersCheck(
        billing,
        () => known.ids(),
        (ids) => new Tombstones(catalog).among(ids),
        () => known.customers(),
      ),
      new RolesCheck(new PostgresServerRoles(clusterBook), async () => [...new Set((await founded()).map(({ cluster }) => cluster))]),
      // What homes stand on, before they are brought on.
      new FoundationsCheck(foundations, founded),
      new HomesCheck(
        new PostgresHomes({ clusters: clusterBook, homes, fences, keeper, ledger }),
        () => tenants.list(),
        () => known.settled(),
      ),
      new WorksCheck(works),
      new JobsCheck(overseer),
    ],
    sightings: new Sightings(catalog),
    ...{ clock, sparedMs },
  });
}
