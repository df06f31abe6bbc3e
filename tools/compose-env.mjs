import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { dataDirOf } from './start/paths.mjs';
import { secretsOf } from './start/secrets.mjs';

/** Prints the `.env` of docker-compose.yml; the secrets are made at the first call and kept in the data folder, so a second call prints the same. */
const folder = join(dataDirOf(process.env), 'compose');
mkdirSync(folder, { recursive: true, mode: 0o700 });
const secrets = secretsOf(folder);
const [home] = Object.values(secrets.clusters);

const lines = {
  ...Object.assign({}, ...Object.entries(secrets.clusters).map(([name, passwords]) => passwordLines(name, passwords))),
  CATALOG_PASSWORD: home?.tenantry_catalog,
  REDIS_PASSWORD: secrets.redis,
  CAPABILITY_KEYS: secrets.capabilityKeys,
  SIGNING_KEYS: secrets.signingKeys,
  ACCESS_TOKEN_KEYS: `'${secrets.accessTokenKeys}'`,
  OPERATOR_TOKEN: secrets.operatorToken,
  STRIPE_API_KEY: secrets.stripeKey,
  STRIPE_WEBHOOK_SECRET: secrets.stripeWebhookSecret,
};

for (const [name, value] of Object.entries(lines)) console.log(`${name}=${value}`);

/** @param {string} cluster @param {import('./start/secrets.mjs').ClusterPasswords} passwords */
function passwordLines(cluster, passwords) {
  const prefix = cluster.toUpperCase().replaceAll('-', '_');
  return {
    [`${prefix}_SUPERUSER_PASSWORD`]: passwords.postgres,
    [`${prefix}_APP_PASSWORD`]: passwords.tenantry_app,
    [`${prefix}_MIGRATOR_PASSWORD`]: passwords.tenantry_migrator,
  };
}
