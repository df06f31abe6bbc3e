import { rmSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { bringUp } from './bring-up.mjs';
import { build } from './build.mjs';
import { Children } from './children.mjs';
import { recordFileOf, takeDataDir } from './data-dir.mjs';
import { dataDirOf, root } from './paths.mjs';
import { isTaken } from './ports.mjs';
import { postgresHome } from './postgres-home.mjs';
import { runFileOf, writeRunFile } from './run-file.mjs';
import { startServers } from './servers.mjs';
import { givenSettings, wantedServers } from './settings.mjs';
import { StartError } from './start-error.mjs';
import { wantsUnleash } from './unleash.mjs';
import { untilStopped } from './until-stopped.mjs';
import { wantedPort } from './wanted-port.mjs';

/** @type {[string, string][]} */
const programs = [
  ['The api', join(root, 'dist', 'src', 'main', 'api.js')],
  ['The worker', join(root, 'dist', 'src', 'main', 'worker.js')],
];

/** Builds, starts what is wanted, migrates, serves until told to stop, and then stops all it started. */
export async function serve() {
  const dataDir = dataDirOf(process.env);
  const given = { PORT: '3000', BASE_DOMAIN: 'localhost', ...givenSettings(process.env) };
  /** @type {(() => void) | undefined} */
  let release;
  /** @type {Children | undefined} */
  let children;
  await untilStopped({
    codeWhenTold: 0,
    explain,
    work: async () => {
      const wanted = wantedServers(given);
      release = await takeDataDir(dataDir);
      rmSync(runFileOf(dataDir), { force: true });
      if (await isTaken(wantedPort(given.PORT)))
        throw new StartError(`Port ${given.PORT} is taken: stop what listens there, or choose another PORT.`);
      const made = await build();
      if (made > 0) say(`Built ${made} files.`);
      children = new Children(recordFileOf(dataDir), [runFileOf(dataDir)]);
      const home = wanted.postgres ? postgresHome(dataDir, say) : undefined;
      const servers = await startServers({
        dataDir,
        children,
        home,
        given,
        isFast: process.env.TENANTRY_PG_FAST === '1',
        say,
        isUnleashWanted: wantsUnleash(process.env),
      });
      const { settings } = servers;
      const env = { ...process.env, ...settings };
      await bringUp(children, dataDir, env);
      for (const [name, file] of programs) children.start(name, process.execPath, [file], { env, cwd: root, inherit: true });
      await Promise.race([isReady(settings.PORT), children.lost]);
      greet(dataDir, settings, writeRunFile(dataDir, servers));
      return children.lost;
    },
    stop: async () => {
      if (children) say('Stopping ...');
      await children?.stop();
      release?.();
    },
  });
}

/** @param {string | undefined} port */
async function isReady(port) {
  for (const until = Date.now() + 120_000; Date.now() < until; await pause(50)) {
    if ((await statusOf(`http://127.0.0.1:${port}/health/ready`)) === 200) return;
  }
  throw new StartError('The api was not ready after two minutes. What it said stands above.');
}

/** @param {string} url @returns {Promise<number | undefined>} */
function statusOf(url) {
  return new Promise((resolve) => {
    const request = get(url, { timeout: 5_000 }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.once('timeout', () => request.destroy()).once('error', () => resolve(undefined));
  });
}

/** @param {string} dataDir @param {import('./settings.mjs').Settings} settings @param {ReturnType<typeof writeRunFile>} run */
function greet(dataDir, settings, { port, standIns }) {
  say(`\nTenantry is ready (in ${process.uptime().toFixed(1)} s).`);
  say(`  Tenants    http://<slug>.${settings.BASE_DOMAIN}:${port}`);
  say(`  Operators  http://admin.${settings.BASE_DOMAIN}:${port}  (token: operatorToken in ${runFileOf(dataDir)})`);
  say(`  Commands   npm run -s tenantry -- --help`);
  if (settings.UNLEASH_URL) say(`  Flags      ${new URL(settings.UNLEASH_URL).origin}`);
  if (standIns.smtp !== null) say(`  Mails      ${join(dataDir, 'mail')}`);
  say(`  Data       ${dataDir}`);
  say('Ctrl-C stops everything.\n');
}

/** @param {string} line */
function say(line) {
  process.stdout.write(`${line}\n`);
}

/** @param {unknown} error */
function explain(error) {
  return error instanceof StartError ? error.message : error instanceof Error ? String(error.stack) : String(error);
}
