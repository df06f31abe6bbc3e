import { join } from 'node:path';

import { startStandIn } from './stand-in.mjs';

/**
 * Starts the Key Vault stand-in and answers what it says of itself, with the file of the authority that signed its certificate.
 * @param {import('./children.mjs').Children} children @param {string} dataDir @param {number} port
 * @returns {Promise<{ url: string, tenantId: string, clientId: string, clientSecret: string, authorityHost: string, ca: string }>}
 */
export async function startKeyVault(children, dataDir, port) {
  const options = { dataDir, name: 'key-vault', title: 'The Key Vault stand-in', args: ['--port', String(port)] };
  return { ...(await startStandIn(children, options)), ca: join(dataDir, 'key-vault', 'ca.pem') };
}
