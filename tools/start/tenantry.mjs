import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { relay } from './on-project-node.mjs';
import { dataDirOf, projectNode, root } from './paths.mjs';
import { readJson } from './private-file.mjs';

const dataDir = dataDirOf(process.env);
const settings = readJson(join(dataDir, 'env.json'));
const program = join(root, 'dist', 'src', 'main', 'cli.js');

if (settings === undefined || !existsSync(projectNode)) {
  process.stderr.write(`Nothing has been started with the data folder ${dataDir} yet: run "npm start" first (or set TENANTRY_DATA_DIR).\n`);
  process.exitCode = 1;
} else if (existsSync(program) || builds()) {
  process.exitCode = await relay(projectNode, [program, ...process.argv.slice(2)], { ...process.env, ...settings });
} else {
  process.exitCode = 1;
}

/** Builds with its words on standard error: standard output belongs to the command. */
function builds() {
  const build = fileURLToPath(new URL('./build.mjs', import.meta.url));
  return spawnSync(projectNode, [build], { cwd: root, stdio: ['ignore', 2, 2] }).status === 0;
}
