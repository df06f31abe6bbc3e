import { StartError } from './start-error.mjs';

/**
 * The port that a setting names, for use before anything is built that could check it. Raises StartError unless it is a number from 1 to 65535.
 * @param {string} setting
 */
export function wantedPort(setting) {
  const port = /^\d{1,5}$/.test(setting) ? Number(setting) : 0;
  if (port < 1 || port > 65_535) throw new StartError(`PORT must be a number from 1 to 65535, and is ${JSON.stringify(setting)}.`);
  return port;
}
