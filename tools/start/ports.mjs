import { createServer } from 'node:net';
import { join } from 'node:path';

import { readJson, writePrivate } from './private-file.mjs';

/**
 * A port on this machine for each name, the same ones as the last time unless somebody has taken one since.
 * @param {string} dataDir @param {string[]} names @returns {Promise<Record<string, number>>}
 */
export async function portsFor(dataDir, names) {
  const file = join(dataDir, 'ports.json');
  /** @type {Record<string, number>} */
  const kept = readJson(file) ?? {};
  /** @type {Record<string, number>} */
  const ports = {};
  // All are held until each has one, so that no two names get the same.
  const held = [];
  for (const name of names) {
    const server = (await listen(kept[name], '127.0.0.1')) ?? (await listen(0, '127.0.0.1'));
    if (!server) throw new Error('This machine has no free port on 127.0.0.1.');
    held.push(server);
    ports[name] = /** @type {import('node:net').AddressInfo} */ (server.address()).port;
  }
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  writePrivate(file, JSON.stringify({ ...kept, ...ports }, null, 2));
  return ports;
}

/** Whether somebody listens on the port already, on this machine's own address or on all. @param {number} port */
export async function isTaken(port) {
  for (const host of ['127.0.0.1', undefined]) {
    const server = await listen(port, host);
    if (!server) return true;
    await new Promise((resolve) => server.close(resolve));
  }
  return false;
}

/** @param {number | undefined} port @param {string} [host] @returns {Promise<import('node:net').Server | undefined>} */
function listen(port, host) {
  if (port === undefined) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, exclusive: true, ...(host === undefined ? {} : { host }) }, () => resolve(server));
  });
}
