import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the clone, whatever the working folder is. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** The Node the project brings along; absent until the packages are installed. */
export const projectNode = join(root, 'node_modules', '.bin', 'node');

/**
 * Where the embedded default keeps everything; a relative setting counts from the clone, not from the working folder.
 * @param {NodeJS.ProcessEnv} env
 */
export function dataDirOf(env) {
  const wanted = env.TENANTRY_DATA_DIR || '.data';
  return isAbsolute(wanted) ? resolve(wanted) : resolve(root, wanted);
}
