import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { readJson, writePrivate } from './private-file.mjs';

/** Written when everything is ready, gone when it is not: how others find a running start. @param {string} dataDir */
export function runFileOf(dataDir) {
  return join(dataDir, 'run.json');
}

/**
 * @param {string} dataDir @param {Awaited<ReturnType<typeof import('./servers.mjs').startServers>>} servers
 */
export function writeRunFile(dataDir, { settings, smtp, stripe }) {
  const port = Number(settings.PORT);
  const run = {
    pid: process.pid,
    port,
    baseUrl: `http://${settings.BASE_DOMAIN}:${port}`,
    operatorToken: settings.OPERATOR_TOKEN,
    clusters: clustersIn(String(settings.CLUSTERS)),
    catalog: { superuserUrl: settings.CATALOG_PROVISION_URL ? onDatabase(settings.CATALOG_PROVISION_URL, 'tenantry_catalog') : null },
    redisUrl: settings.REDIS_URL,
    standIns: { stripe: stripe?.url ?? null, keyVault: settings.AZURE_KEY_VAULT_URL, smtp: smtp?.url ?? null, oidc: null, graph: null },
  };
  writePrivate(runFileOf(dataDir), JSON.stringify(run, null, 2));
  return run;
}

/** @param {string} file */
function clustersIn(file) {
  // The file of servers of one's own may be YAML, which only the application reads; then nobody needs this list.
  if (!readFileSync(file, 'utf8').trimStart().startsWith('{')) return {};
  /** @type {{ name: string, region: string, appUrl: string, provisionUrl?: string }[]} */
  const list = readJson(file).clusters;
  return Object.fromEntries(
    list.map(({ name, region, appUrl, provisionUrl }) => {
      const database = new URL(appUrl).pathname.slice(1);
      return [name, { region, superuserUrl: provisionUrl ? onDatabase(provisionUrl, database) : null }];
    }),
  );
}

/** @param {string} url @param {string} database */
function onDatabase(url, database) {
  const there = new URL(url);
  there.pathname = `/${database}`;
  return there.href;
}
