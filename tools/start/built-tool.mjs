import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { build } from './build.mjs';
import { relay } from './on-project-node.mjs';
import { runOnOwnServers } from './own-servers.mjs';
import { root } from './paths.mjs';
import { StartError } from './start-error.mjs';

/** Tools that need servers that nobody else uses; one that measures needs them durable. */
const withOwnServers = new Map([
  ['bench', { isFast: false }],
  ['migration-create', { isFast: true }],
]);

/** Builds, then runs the tool named first with the rest of the arguments; its exit code becomes this process's. @param {string[]} args */
export async function runBuiltTool([name = '', ...args]) {
  const servers = withOwnServers.get(name);
  if (servers) return runOnOwnServers({ name, ...servers, nodeArguments: () => ['--expose-gc', programOf(name), ...args] });
  await build();
  process.exitCode = await relay(process.execPath, [programOf(name), ...args], process.env);
}

/** @param {string} name */
function programOf(name) {
  const program = join(root, 'dist', 'tools', name, 'main.js');
  if (!/^[a-z][a-z-]*$/.test(name) || !existsSync(program)) throw new StartError(`There is no tool named ${JSON.stringify(name)}.`);
  return program;
}
