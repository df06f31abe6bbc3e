import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { transform } from '@swc/core';

import { acquireLock } from './lock.mjs';
import { root } from './paths.mjs';
import { readJson } from './private-file.mjs';
import { StartError } from './start-error.mjs';
import { swcOptions } from './swc-options.mjs';

const rooms = ['src', 'migrations', 'tools'];
const assets = /\.(sql|json|lua|html|css|svg)$/;

/** @typedef {{ size: number, mtimeMs: number, hash: string }} Seen */

/**
 * Brings `dist` up to date with src, migrations and tools, and says how many files it made; unchanged ones are not touched.
 * Raises StartError that lists every file that does not compile.
 * @param {string} [base]
 */
export async function build(base = root) {
  const release = await acquireLock(join(base, '.cache', 'build.lock'), {
    waitMs: 120_000,
    refusal: (pid) => `Process ${pid} has been building here for two minutes; end it and try again.`,
  });
  try {
    return await bringUpToDate(base);
  } finally {
    release();
  }
}

/** @param {string} base */
async function bringUpToDate(base) {
  const ledgerFile = join(base, 'dist', '.build.json');
  const recipe = hashOf(JSON.stringify([swcOptions, createRequire(import.meta.url)('@swc/core/package.json').version]));
  const before = readLedger(ledgerFile, recipe);
  /** @type {Record<string, Seen>} */
  const files = {};
  /** @type {string[]} */
  const problems = [];
  let made = 0;
  await Promise.all(
    rooms
      .flatMap((room) => sourcesUnder(base, join(base, room)))
      .map(async (source) => {
        try {
          const { seen, fresh } = await bringOne(base, source, before[source]);
          files[source] = seen;
          made += fresh ? 1 : 0;
        } catch (error) {
          problems.push(`${source}: ${wordsOf(error)}`);
        }
      }),
  );
  for (const gone of Object.keys(before).filter((source) => !(source in files))) {
    for (const output of [outputOf(base, gone), `${outputOf(base, gone)}.map`]) rmSync(output, { force: true });
  }
  mkdirSync(dirname(ledgerFile), { recursive: true });
  writeWhole(ledgerFile, JSON.stringify({ recipe, files }));
  if (problems.length > 0) throw new StartError(`The build failed:\n${problems.join('\n')}`);
  return made;
}

/** The compiler adds a trace of its own insides, which tells nobody anything. @param {unknown} error */
function wordsOf(error) {
  return (error instanceof Error ? error.message : String(error)).split('\n\n\nCaused by')[0]?.trim();
}

/** @param {string} base @param {string} source @param {Seen | undefined} before */
async function bringOne(base, source, before) {
  const file = join(base, source);
  const { size, mtimeMs } = statSync(file);
  const output = outputOf(base, source);
  const isThere = existsSync(output);
  if (before && isThere && before.size === size && before.mtimeMs === mtimeMs) return { seen: before, fresh: false };
  const text = readFileSync(file, 'utf8');
  const seen = { size, mtimeMs, hash: hashOf(text) };
  if (before && isThere && before.hash === seen.hash) return { seen, fresh: false };
  mkdirSync(dirname(output), { recursive: true });
  if (!source.endsWith('.ts')) {
    writeWhole(output, text);
    return { seen, fresh: true };
  }
  const { code, map } = await transform(text, {
    ...swcOptions,
    filename: file,
    sourceFileName: relative(dirname(output), file),
    sourceMaps: true,
  });
  writeWhole(`${output}.map`, map ?? '');
  writeWhole(output, `${code}\n//# sourceMappingURL=${output.split('/').pop()}.map\n`);
  return { seen, fresh: true };
}

/** @param {string} base @param {string} folder @returns {string[]} */
function sourcesUnder(base, folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sourcesUnder(base, path);
    const isCode = entry.name.endsWith('.ts') && !/(\.d|[.-]spec)\.ts$/.test(entry.name);
    return isCode || assets.test(entry.name) ? [relative(base, path)] : [];
  });
}

/** @param {string} base @param {string} source */
function outputOf(base, source) {
  return join(base, 'dist', source.replace(/\.ts$/, '.js'));
}

/** @param {string} file @param {string} recipe @returns {Record<string, Seen>} */
function readLedger(file, recipe) {
  const ledger = readJson(file);
  if (ledger === undefined) return {};
  // Other options or another compiler: every file is made anew, but what has vanished is still known.
  if (ledger.recipe !== recipe)
    return Object.fromEntries(Object.keys(ledger.files).map((source) => [source, { size: -1, mtimeMs: -1, hash: '' }]));
  return ledger.files;
}

/** A process that runs from `dist` right now must never read half a file. @param {string} file @param {string} text */
function writeWhole(file, text) {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

/** @param {string} text */
function hashOf(text) {
  return createHash('sha256').update(text).digest('base64url');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await build();
  } catch (error) {
    process.stderr.write(`${error instanceof StartError ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
