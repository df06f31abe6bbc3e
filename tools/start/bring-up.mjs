import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { tail } from './children.mjs';
import { root } from './paths.mjs';
import { StartError } from './start-error.mjs';

/**
 * Brings roles, catalog and schemas up to date (`tenantry up`); raises StartError with its last words when it fails. A tenant that
 * could not be brought up to date is said on standard error and stops nobody.
 * @param {import('./children.mjs').Children} children @param {string} dataDir @param {NodeJS.ProcessEnv} env
 */
export async function bringUp(children, dataDir, env) {
  const log = join(dataDir, 'up.log');
  rmSync(log, { force: true });
  const code = await children.run('tenantry up', process.execPath, [join(root, 'dist', 'src', 'main', 'cli.js'), 'up'], {
    env,
    cwd: root,
    log,
  });
  if (code !== 0)
    throw new StartError(`The databases could not be brought up to date (exit code ${code}). Its last lines (${log}):\n${tail(log)}`);
  for (const line of readFileSync(log, 'utf8').split('\n')) if (line.startsWith('not brought up to date: ')) console.error(line);
}
