'use strict';

const { existsSync } = require('node:fs');
const { join, resolve, sep } = require('node:path');

const packages = `${sep}node_modules${sep}`;

/**
 * Finds a project's own `.js` import in its `.ts` source, relative or by room (`#kernel/…`); a package's imports are left alone,
 * which is why this is no `moduleNameMapper`: that one cannot see who imports.
 * @type {import('jest-resolve').SyncResolver}
 */
module.exports = (request, options) => {
  const isOurs = !`${options.basedir}${sep}`.includes(packages);
  const source = isOurs && request.endsWith('.js') ? sourceOf(request, options) : undefined;
  return source && existsSync(source) ? source : options.defaultResolver(request, options);
};

function sourceOf(request, { basedir, rootDir }) {
  const asTs = request.replace(/\.js$/, '.ts');
  if (request.startsWith('.')) return resolve(basedir, asTs);
  if (/^#(migrations|tools)\//.test(request)) return join(rootDir, asTs.slice(1));
  return request.startsWith('#') ? join(rootDir, 'src', asTs.slice(1)) : undefined;
}
