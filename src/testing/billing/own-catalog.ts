import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { loadConfig } from '#main/config.js';
import { openPlatform } from '#main/platform.js';
import { openProvisioning } from '#main/provisioning.js';
import { AuditSigner } from '#workspace/audit/audit-signer.js';

/** Makes a catalog of a spec's own, so that no worker of another spec does what is asked for in it; gives the setting that names it. */
export async function ownCatalog(): Promise<{ CATALOG_DATABASE_URL: string }> {
  const config = loadConfig(process.env);
  const url = new URL(config.CATALOG_DATABASE_URL);
  url.pathname = `/catalog_${randomBytes(6).toString('hex')}`;
  const platform = await openPlatform(config, pino({ level: 'silent' }));
  try {
    const provisioning = await openProvisioning(platform);
    await provisioning.catalogBootstrap.run(
      String(config.CATALOG_PROVISION_URL),
      url.href,
      provisioning.clusters,
      new AuditSigner(platform.signing).publicKeys,
    );
  } finally {
    await platform.close();
  }
  return { CATALOG_DATABASE_URL: url.href };
}
