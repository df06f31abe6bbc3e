import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { readJson, writePrivate } from './private-file.mjs';
import { clusters } from './regions.mjs';

/**
 * @typedef {{ postgres: string, tenantry_app: string, tenantry_migrator: string, tenantry_catalog: string }} ClusterPasswords
 * @typedef {{ clusters: Record<string, ClusterPasswords>, redis: string, capabilityKeys: string, signingKeys: string, accessTokenKeys: string,
 *   operatorToken: string, stripeKey: string, stripeWebhookSecret: string }} Secrets
 */

/**
 * The secrets of one data folder: made at its first start, the same ones ever after.
 * @param {string} dataDir @returns {Secrets}
 */
export function secretsOf(dataDir) {
  const file = join(dataDir, 'secrets.json');
  const kept = readJson(file) ?? {};
  /** @type {Secrets} */
  const secrets = {
    redis: randomText(),
    capabilityKeys: masterKeys(),
    signingKeys: masterKeys(),
    accessTokenKeys: keysOfTokens(),
    operatorToken: randomText(),
    stripeKey: `sk_test_${randomText()}`,
    stripeWebhookSecret: `whsec_${randomText()}`,
    ...kept,
    clusters: Object.fromEntries(clusters.map(({ name }) => [name, { ...passwords(), ...kept.clusters?.[name] }])),
  };
  if (JSON.stringify(secrets) !== JSON.stringify(kept)) writePrivate(file, JSON.stringify(secrets, null, 2));
  return secrets;
}

/** @returns {ClusterPasswords} */
function passwords() {
  return { postgres: randomText(), tenantry_app: randomText(), tenantry_migrator: randomText(), tenantry_catalog: randomText() };
}

function masterKeys() {
  return `${randomName()}:${randomText()}`;
}

function keysOfTokens() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return JSON.stringify({ keys: [{ ...privateKey.export({ format: 'jwk' }), kid: randomName(), alg: 'ES256', use: 'sig' }] });
}

/** Fit for the password of a URL as it stands. */
function randomText() {
  return randomBytes(32).toString('base64url');
}

function randomName() {
  return `k${randomBytes(4).toString('hex')}`;
}
