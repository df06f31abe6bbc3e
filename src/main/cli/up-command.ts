import type { Command } from 'commander';
import type { FleetRun } from '#adapters/postgres/fleet-runner.js';
import type { Session } from '#main/cli/session.js';
import { ConfigError } from '#main/config.js';
import type { Provisioning } from '#main/provisioning.js';
import { AuditSigner } from '#workspace/audit/audit-signer.js';

/** `up`: makes roles, databases and catalog, and brings every tenant to the newest migration. Safe to repeat, also beside a running api. */
export function addUpCommand(program: Command, session: Session): void {
  program
    .command('up')
    .description('bring servers, catalog and tenants to the newest version')
    .option('--strict', 'exit with 1 when a tenant could not be brought up to date; without it that is only reported')
    .action(({ strict }: { strict?: boolean }) =>
      session.provisioned(async ({ platform, provisioning, output }) => {
        const { CATALOG_PROVISION_URL, CATALOG_DATABASE_URL } = platform.config;
        if (!CATALOG_PROVISION_URL) throw new ConfigError(['CATALOG_PROVISION_URL: is needed by `up`']);
        const catalog = await provisioning.catalogBootstrap.run(
          CATALOG_PROVISION_URL,
          CATALOG_DATABASE_URL,
          provisioning.clusters,
          new AuditSigner(platform.signing).publicKeys,
        );
        const clusters = await Promise.all(
          provisioning.clusters.map(async (cluster) => ({
            cluster: cluster.name,
            applied: await provisioning.clusterBootstrap.run(cluster),
          })),
        );
        const broken = await bringOwnServers(provisioning);
        const fleet = await provisioning.fleet.run(await provisioning.tenants.list());
        fleet.failures.push(...broken);
        const applied = clusters.reduce((sum, cluster) => sum + Object.values(cluster.applied).flat().length, catalog.length);
        const details = { applied, migrated: fleet.migrated.length, failed: fleet.failures.length };
        await platform.platformAudit.recordAlone({ action: 'platform.up', targets: [], details });
        for (const { target, error } of fleet.failures) output.note(`not brought up to date: ${target}: ${error}`);
        if (strict && fleet.failures.length > 0) process.exitCode = 1;
        output.document({ catalog, clusters, fleet }, () => [
          `catalog: ${String(catalog.length)} migrations applied`,
          ...clusters.map(({ cluster, applied }) => `${cluster}: ${String(Object.values(applied).flat().length)} migrations applied`),
          `tenants: ${String(fleet.migrated.length)} migrated, ${String(fleet.sealed)} fences sealed, ${String(fleet.failures.length)} failed`,
          `skipped: ${String(fleet.skipped.provisioning)} that are being made, ${String(fleet.skipped.elsewhere)} on clusters of other releases`,
        ]);
      }),
    );
}

/** What customers brought is brought up to date one by one: one that is away is reported, and stops nobody else. */
async function bringOwnServers({ clusterBook, clusterBootstrap }: Provisioning): Promise<FleetRun['failures']> {
  const failures: FleetRun['failures'] = [];
  for (const { name } of (await clusterBook.all()).filter(({ kind }) => kind === 'own'))
    await clusterBook
      .named(name)
      .then((cluster) => clusterBootstrap.run(cluster))
      .catch((error: unknown) => failures.push({ target: name, error: String(error) }));
  return failures;
}
