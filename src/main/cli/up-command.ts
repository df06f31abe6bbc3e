import type { Command } from 'commander';
import { RUN_DEFAULTS } from '#control/fleet/fleet-desk.js';
import { bringFleet } from '#main/bring-fleet.js';
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
        const broken = [...(await provisioning.keeper.keepShared()), ...(await bringOwnServers(provisioning))];
        const databases = await provisioning.keeper.keep(await provisioning.tenants.list());
        const fleet = await bringFleet(platform, provisioning);
        const elsewhere = (await platform.fleet.plan(RUN_DEFAULTS)).skipped.map(({ home, why }) => ({ target: home.target, error: why }));
        const failures = [...broken, ...databases.failures, ...fleet.failures];
        const applied = clusters.reduce((sum, cluster) => sum + Object.values(cluster.applied).flat().length, catalog.length);
        const details = { applied, migrated: fleet.targets.migrated, failed: failures.length };
        await platform.platformAudit.recordAlone({ action: 'platform.up', targets: [], details });
        for (const { target, error } of failures) output.note(`not brought up to date: ${target}: ${error}`);
        if (strict && failures.length > 0) process.exitCode = 1;
        const { founded, sealed, skipped } = databases;
        output.document(
          { catalog, clusters, databases: { founded, sealed, skipped }, fleet: { ...fleet, skipped: elsewhere }, failures },
          () => [
            `catalog: ${String(catalog.length)} migrations applied`,
            ...clusters.map(({ cluster, applied: had }) => `${cluster}: ${String(Object.values(had).flat().length)} migrations applied`),
            `tenants: ${String(fleet.targets.migrated)} homes migrated, ${String(sealed)} fences sealed, ${String(failures.length)} failed`,
            `left behind on servers that are not known here: ${String(elsewhere.length)} homes`,
            `skipped: ${String(skipped.provisioning)} that are being made, ${String(skipped.elsewhere)} on clusters of other releases`,
          ],
        );
      }),
    );
}

/** What customers brought is brought up to date one by one: one that is away is reported, and stops nobody else. */
async function bringOwnServers({ clusterBook, clusterBootstrap }: Provisioning): Promise<{ target: string; error: string }[]> {
  const failures: { target: string; error: string }[] = [];
  for (const { name } of (await clusterBook.all()).filter(({ kind }) => kind === 'own'))
    await clusterBook
      .named(name)
      .then((cluster) => clusterBootstrap.run(cluster))
      .catch((error: unknown) => failures.push({ target: name, error: String(error) }));
  return failures;
}
