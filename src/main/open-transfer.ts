import { PostgresLoader } from '#adapters/postgres/postgres-loader.js';
import { PostgresSnapshots } from '#adapters/postgres/postgres-snapshots.js';
import { newestVersion } from '#adapters/postgres/homes/home-migrations.js';
import { TenantExporter } from '#control/lifecycle/export/tenant-exporter.js';
import { TenantImporter } from '#control/lifecycle/import/tenant-importer.js';
import { EXPORTED_TABLES } from '#main/exported-tables.js';
import { importMaker } from '#main/onboarding.js';
import type { Platform } from '#main/platform.js';
import type { Provisioning } from '#main/provisioning.js';
import { AuditSigner } from '#workspace/audit/audit-signer.js';
import { LinkDesk } from '#workspace/members/links/link-desk.js';
import { TenantFounder } from '#workspace/members/tenant-founder.js';

type ExportingPlatform = Pick<Platform, 'contexts' | 'objects' | 'signing' | 'clusterBook' | 'members'>;

/** What takes the data of a tenant away to be kept elsewhere. */
export function openExporter({ contexts, objects, signing, clusterBook, members }: ExportingPlatform): TenantExporter {
  return new TenantExporter({
    snapshots: new PostgresSnapshots(contexts),
    objects,
    declared: EXPORTED_TABLES,
    signer: new AuditSigner(signing),
    clock: members.clock,
    versionOf: async ({ placement }) => {
      const { migratorUrl } = await clusterBook.named(placement.cluster);
      return migratorUrl === undefined ? null : newestVersion(migratorUrl, placement);
    },
  });
}

/** What makes a tenant of such data. */
export function openImporter(platform: Platform, provisioning: Provisioning): TenantImporter {
  const { contexts, objects, audit, outbox, signing, members } = platform;
  const loader = new PostgresLoader(provisioning.clusterBook, new AuditSigner(signing));
  const founder = new TenantFounder(contexts, new LinkDesk(members.clock), outbox, audit);
  return new TenantImporter({ make: importMaker(platform, provisioning), loader, objects, founder, audit });
}
