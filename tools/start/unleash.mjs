import { join } from 'node:path';

import { root } from './paths.mjs';
import { startStandIn } from './stand-in.mjs';

/** Whether an Unleash server is wanted: it takes 350 MB, so only who asks for it gets one. @param {NodeJS.ProcessEnv} env */
export function wantsUnleash(env) {
  return env.TENANTRY_UNLEASH === '1' && !env.UNLEASH_URL;
}

/**
 * Starts an Unleash server on a database of its own, and answers what it says of itself.
 * @param {import('./children.mjs').Children} children @param {{ dataDir: string, port: number, databaseUrl: string }} options
 * @returns {Promise<{ url: string, apiUrl: string, clientToken: string, adminToken: string }>}
 */
export function startUnleash(children, { dataDir, port, databaseUrl }) {
  const args = ['--port', String(port), '--flags', join(root, 'provisioning', 'flags.json')];
  return startStandIn(children, { dataDir, name: 'unleash', title: 'Unleash', args, env: { UNLEASH_DATABASE_URL: databaseUrl } });
}
