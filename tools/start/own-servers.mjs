import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { bringUp } from './bring-up.mjs';
import { build } from './build.mjs';
import { Children } from './children.mjs';
import { recordFileOf } from './data-dir.mjs';
import { root } from './paths.mjs';
import { postgresHome } from './postgres-home.mjs';
import { startServers } from './servers.mjs';
import { withoutSettings } from './settings.mjs';
import { StartError } from './start-error.mjs';
import { untilStopped } from './until-stopped.mjs';

/**
 * Builds, and runs one program against servers of its own in a folder of its own, both gone afterwards; exits with the program's code.
 * Settings in the environment do not count: such a run must never meet a database that somebody needs.
 * @param {{ name: string, isFast: boolean, nodeArguments: () => string[], environment?: (dataDir: string) => NodeJS.ProcessEnv }} options
 *   `isFast` gives servers that forget at a crash; `nodeArguments` is asked when everything is built.
 */
export async function runOnOwnServers({ name, isFast, nodeArguments, environment = () => ({}) }) {
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
      const { settings } = await startServers({ dataDir, children, home, given: {}, isFast, say });
      const env = { ...withoutSettings(process.env), ...settings, TENANTRY_DATA_DIR: dataDir, ...environment(dataDir) };
      await bringUp(children, dataDir, env);
      return children.run(name, process.execPath, nodeArguments(), { env, cwd: root, inherit: true });
    },
    stop: async () => {
      await children?.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  });
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`${line}\n`);
}
