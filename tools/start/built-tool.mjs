import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { bringUp } from './bring-up.mjs';
import { build } from './build.mjs';
import { Children } from './children.mjs';
import { recordFileOf } from './data-dir.mjs';
import { relay } from './on-project-node.mjs';
import { root } from './paths.mjs';
import { postgresHome } from './postgres-home.mjs';
import { startServers } from './servers.mjs';
import { withoutSettings } from './settings.mjs';
import { StartError } from './start-error.mjs';
import { untilStopped } from './until-stopped.mjs';

/** Tools that measure, and so need durable servers that nobody else uses. */
const withOwnServers = new Set(['bench']);

/** Builds, then runs the tool named first with the rest of the arguments; its exit code becomes this process's. @param {string[]} args */
export async function runBuiltTool([name = '', ...args]) {
  if (withOwnServers.has(name)) return runOnOwnServers(name, args);
  await build();
  process.exitCode = await relay(process.execPath, [programOf(name), ...args], process.env);
}

/** @param {string} name @param {string[]} args */
async function runOnOwnServers(name, args) {
  const dataDir = mkdtempSync(join(tmpdir(), `tenantry-${name}-`));
  /** @type {Children | undefined} */
  let children;
  await untilStopped({
    codeWhenTold: 130,
    explain: (error) => (error instanceof StartError ? error.message : error instanceof Error ? String(error.stack) : String(error)),
    work: async () => {
      await build();
      const home = postgresHome(dataDir, say);
      children = new Children(recordFileOf(dataDir), [dataDir, ...(home.outside ? [home.outside] : [])]);
      const settings = await startServers({ dataDir, children, home, given: {}, isFast: false, say });
      const env = { ...withoutSettings(process.env), ...settings, TENANTRY_DATA_DIR: dataDir };
      await bringUp(children, dataDir, env);
      return children.run(name, process.execPath, ['--expose-gc', programOf(name), ...args], { env, cwd: root, inherit: true });
    },
    stop: async () => {
      await children?.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  });
}

/** @param {string} name */
function programOf(name) {
  const program = join(root, 'dist', 'tools', name, 'main.js');
  if (!/^[a-z][a-z-]*$/.test(name) || !existsSync(program)) throw new StartError(`There is no tool named ${JSON.stringify(name)}.`);
  return program;
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`${line}\n`);
}
