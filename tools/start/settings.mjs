import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { writePrivate } from './private-file.mjs';
import { clusters } from './regions.mjs';
import { SETTING_NAMES } from './setting-names.mjs';
import { StartError } from './start-error.mjs';

const names = new Set(SETTING_NAMES);
// What libraries read by themselves.
const ofLibraries = /^(NODE_EXTRA_CA_CERTS|(AWS|AZURE|STRIPE|UNLEASH|ENTRA|GRAPH)_.+)$/;

/** @param {string} name */
const isSetting = (name) => names.has(name) || ofLibraries.test(name);

/** @typedef {Record<string, string>} Settings */

/** The settings that the environment gives, and nothing else of it. @param {NodeJS.ProcessEnv} env @returns {Settings} */
export function givenSettings(env) {
  return Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (isSetting(name) && value ? [[name, value]] : [])));
}

/** The environment without any setting of ours: what tests start from. @param {NodeJS.ProcessEnv} env */
export function withoutSettings(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isSetting(name)));
}

/**
 * Which embedded servers are wanted: a setting that is given switches its twin off. Raises StartError when half a pair is given.
 * @param {Settings} given
 */
export function wantedServers(given) {
  if (Boolean(given.CATALOG_DATABASE_URL) !== Boolean(given.CLUSTERS)) {
    throw new StartError(
      'CATALOG_DATABASE_URL and CLUSTERS belong together: give both to use servers of your own, or neither for the embedded ones.',
    );
  }
  return {
    postgres: !given.CLUSTERS,
    redis: !given.REDIS_URL,
    keyVault: !given.AZURE_KEY_VAULT_URL,
    smtp: !given.SMTP_URL,
    stripe: !given.STRIPE_API_KEY,
  };
}

/** @param {import('./secrets.mjs').Secrets} secrets @returns {Settings} */
export function keySettings(secrets) {
  return {
    CAPABILITY_KEYS: secrets.capabilityKeys,
    SIGNING_KEYS: secrets.signingKeys,
    ACCESS_TOKEN_KEYS: secrets.accessTokenKeys,
    OPERATOR_TOKEN: secrets.operatorToken,
  };
}

/** What the stand-in for Stripe lets in, and signs with. @param {import('./secrets.mjs').Secrets} secrets @returns {Settings} */
export function stripeSettings(secrets) {
  return { STRIPE_API_KEY: secrets.stripeKey, STRIPE_WEBHOOK_SECRETS: secrets.stripeWebhookSecret };
}

/** Writes the clusters file too. @param {string} dataDir @param {import('./secrets.mjs').Secrets} secrets @param {Record<string, number>} ports @returns {Settings} */
export function postgresSettings(dataDir, secrets, ports) {
  /** @param {string} name @param {keyof import('./secrets.mjs').ClusterPasswords} role @param {string} database */
  const url = (name, role, database) => `postgres://${role}:${secrets.clusters[name]?.[role]}@127.0.0.1:${ports[name]}/${database}`;
  const list = clusters.map(({ name, region }) => ({
    name,
    region,
    appUrl: url(name, 'tenantry_app', 'tenantry'),
    migratorUrl: url(name, 'tenantry_migrator', 'tenantry'),
    provisionUrl: url(name, 'postgres', 'postgres'),
  }));
  const file = join(dataDir, 'clusters.json');
  writePrivate(file, JSON.stringify({ clusters: list }, null, 2));
  const home = String(clusters[0]?.name);
  return {
    CLUSTERS: file,
    CATALOG_DATABASE_URL: url(home, 'tenantry_catalog', 'tenantry_catalog'),
    CATALOG_PROVISION_URL: url(home, 'postgres', 'postgres'),
  };
}

/** @param {string} password @param {number | undefined} port @returns {Settings} */
export function redisSettings(password, port) {
  const server = `redis://:${password}@127.0.0.1:${port}`;
  return { REDIS_URL: `${server}/0`, REDIS_CACHE_URL: `${server}/1` };
}

/** @param {Awaited<ReturnType<typeof import('./key-vault.mjs').startKeyVault>>} vault @param {string} dataDir @param {string | undefined} ownAuthorities @returns {Settings} */
export function keyVaultSettings(vault, dataDir, ownAuthorities) {
  return {
    AZURE_KEY_VAULT_URL: vault.url,
    AZURE_TENANT_ID: vault.tenantId,
    AZURE_CLIENT_ID: vault.clientId,
    AZURE_CLIENT_SECRET: vault.clientSecret,
    AZURE_AUTHORITY_HOST: vault.authorityHost,
    NODE_EXTRA_CA_CERTS: ownAuthorities ? joined(dataDir, ownAuthorities, vault.ca) : vault.ca,
  };
}

/** Node takes one file: authorities that the machine's owner already asked for must keep counting. @param {string} dataDir @param {string[]} files */
function joined(dataDir, ...files) {
  const bundle = join(dataDir, 'authorities.pem');
  writePrivate(bundle, files.map((file) => readFileSync(file, 'utf8').trimEnd() + '\n').join(''));
  return bundle;
}
