import { join } from 'node:path';

import { startStandIn } from './stand-in.mjs';

/**
 * Starts the SMTP stand-in, which drops every mail as a file in the folder `mail` of the data folder; `url` is where its switches are.
 * @param {import('./children.mjs').Children} children @param {string} dataDir @param {{ port: number, controlPort: number }} ports
 * @returns {Promise<{ url: string, smtpUrl: string, mail: string }>}
 */
export function startSmtp(children, dataDir, { port, controlPort }) {
  const args = ['--port', String(port), '--control-port', String(controlPort), '--mail', join(dataDir, 'mail')];
  return startStandIn(children, { dataDir, name: 'smtp', title: 'The SMTP stand-in', args });
}
