import { createWriteStream } from 'node:fs';
import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { tenantTarget } from '#catalog/audit/platform-act.js';
import type { SignedManifest } from '#control/lifecycle/export/export-manifest.js';
import { tarOf } from '#control/lifecycle/export/tar.js';
import { isSlug, slugFrom } from '#kernel/resolution/slug.js';
import { requireActive } from '#kernel/tenancy/status-gate.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Session } from '#main/cli/session.js';
import { reportTenant, tenantLines } from '#main/cli/tenant-report.js';
import { UsageError } from '#main/cli/usage-error.js';
import { openExporter, openImporter } from '#main/open-transfer.js';
import type { Platform } from '#main/platform.js';

interface ImportFlags {
  readonly in: string;
  readonly name: string;
  readonly adminEmail: string;
  readonly plan: string;
  readonly region: string;
  readonly slug?: string;
}

/** `tenant export` and `tenant import`. */
export function addTransferCommands(tenant: Command, session: Session): void {
  tenant
    .command('export <slug>')
    .description('write everything an active tenant has into a folder, or into a file that ends in .tar; neither may be there')
    .requiredOption('--out <path>')
    .action((slug: string, flags: { out: string }) =>
      session.platform(async ({ platform, output }) => {
        const out = resolve(flags.out);
        if (await stat(out).catch(() => null)) throw new UsageError(`${flags.out} is there already`);
        const found = requireActive(await platform.directory.bySlug(slug));
        const { manifest } = await platform.platformAudit.around({ action: 'tenant.export', targets: [tenantTarget(found.id)] }, () =>
          TenantScope.run(found, () => (out.endsWith('.tar') ? exportTar(platform, out, slug) : exportFolder(platform, out))),
        );
        const rows = Object.fromEntries(manifest.tables.map((table) => [table.name, table.rows]));
        output.document({ out, schemaVersion: manifest.schemaVersion, rows, objects: manifest.objects.length }, () => [
          ...Object.entries(rows).map(([name, count]) => `${name.padEnd(32)} ${String(count)}`),
          `${'files'.padEnd(32)} ${String(manifest.objects.length)}`,
          `written to ${out}`,
        ]);
      }),
    );

  tenant
    .command('import')
    .description('make a new tenant of an export; the admin is mailed a link and is an owner')
    .requiredOption('--in <folder>')
    .requiredOption('--name <name>')
    .requiredOption('--admin-email <email>')
    .requiredOption('--plan <plan>')
    .requiredOption('--region <region>')
    .option('--slug <slug>')
    .action((flags: ImportFlags) =>
      session.provisioned(async ({ platform, provisioning, output }) => {
        const slug = flags.slug ?? slugFrom(flags.name);
        if (!isSlug(slug)) throw new UsageError(`${JSON.stringify(slug)} cannot be a tenant's name in addresses`);
        const { in: folder, ...request } = flags;
        const imported = await openImporter(platform, provisioning).import(resolve(folder), { ...request, slug });
        const report = { ...(await reportTenant(imported.tenant, provisioning)), rows: imported.rows, objects: imported.objects };
        output.document(report, () => [
          ...tenantLines(report),
          ...Object.entries(imported.rows).map(([name, count]) => `  ${name.padEnd(32)} ${String(count)}`),
          `  ${'files'.padEnd(32)} ${String(imported.objects)}`,
        ]);
      }),
    );
}

async function exportFolder(platform: Platform, out: string): Promise<SignedManifest> {
  const signed = await openExporter(platform).export(out);
  await recordExport(platform, signed);
  return signed;
}

/** Packed from a folder beside it, and there under its name only when it is whole. */
async function exportTar(platform: Platform, out: string, slug: string): Promise<SignedManifest> {
  const work = await mkdtemp(join(dirname(out), '.export-'));
  try {
    const signed = await openExporter(platform).export(join(work, 'export'));
    const tar = await tarOf(join(work, 'export'), slug);
    await pipeline(tar.chunks(), createWriteStream(join(work, 'tar'), { mode: 0o600, flush: true }));
    await recordExport(platform, signed);
    await rename(join(work, 'tar'), out);
    return signed;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The tenant's own people see that it was taken. */
async function recordExport(platform: Platform, { manifest }: SignedManifest): Promise<void> {
  const details = { exportId: null, fingerprint: manifest.fingerprint };
  await platform.audit.recordAlone({ action: 'lifecycle.exported', targets: [], details });
}
