import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { bringUp } from '../start/bring-up.mjs';
import { build } from '../start/build.mjs';
import { Children } from '../start/children.mjs';
import { recordFileOf } from '../start/data-dir.mjs';
import { root } from '../start/paths.mjs';
import { postgresHome } from '../start/postgres-home.mjs';
import { startServers } from '../start/servers.mjs';
import { withoutSettings } from '../start/settings.mjs';
import { untilStopped } from '../start/until-stopped.mjs';
import { emptyServers } from './empty-servers.mjs';

/**
 * @typedef {{ change?: { file: string, text: string }, inDatabase: boolean, specs: string[] }} Order
 * @typedef {{ passed: number, failures: { spec: string, test: string, said: string }[], broken: string | undefined, seconds: number }} Outcome
 */

// A copy of the project with servers of its own: takes orders from the process that forked it, one at a time, until that one is done.
const JEST_WITHIN_MS = 240_000;
const dataDir = mkdtempSync(join(tmpdir(), 'tenantry-lane-'));
/** @type {Children | undefined} */
let children;
/** Whether the databases were made without one of their defences. */
let isUntrue = false;

await untilStopped({
  codeWhenTold: 0,
  explain: (error) => (error instanceof Error ? String(error.stack) : String(error)),
  work: async () => {
    await build();
    const home = postgresHome(dataDir, () => undefined);
    children = new Children(recordFileOf(dataDir), [dataDir, ...(home.outside ? [home.outside] : [])]);
    const { settings } = await startServers({ dataDir, children, home, given: {}, isFast: true, say: () => undefined });
    const env = { ...withoutSettings(process.env), ...settings, TENANTRY_DATA_DIR: dataDir, TENANTRY_TEST_DATA: dataDir };
    await bringUp(children, dataDir, env);
    process.send?.('ready');
    for (;;) {
      const [order] = await Promise.race([once(process, 'message'), children.lost]);
      process.send?.(await carryOut(order, env));
    }
  },
  stop: async () => {
    await children?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  },
});

/** @param {Order} order @param {NodeJS.ProcessEnv} env @returns {Promise<Outcome>} */
async function carryOut({ change, inDatabase, specs }, env) {
  const began = performance.now();
  const seconds = () => Math.round((performance.now() - began) / 100) / 10;
  const original = change && readFileSync(join(root, change.file), 'utf8');
  try {
    if (change) writeFileSync(join(root, change.file), change.text);
    await build();
    if (inDatabase || isUntrue) {
      isUntrue = inDatabase;
      await emptyServers(JSON.parse(readFileSync(String(env.CLUSTERS), 'utf8')).clusters);
      await bringUp(/** @type {Children} */ (children), dataDir, env);
    }
    return { ...(await runSpecs(specs, env)), seconds: seconds() };
  } catch (error) {
    return { passed: 0, failures: [], broken: String(error), seconds: seconds() };
  } finally {
    if (change) writeFileSync(join(root, change.file), String(original));
  }
}

/** @param {string[]} specs @param {NodeJS.ProcessEnv} env @returns {Promise<Omit<Outcome, 'seconds'>>} */
async function runSpecs(specs, env) {
  const report = join(dataDir, 'jest.json');
  const log = join(dataDir, 'jest.log');
  rmSync(report, { force: true });
  rmSync(log, { force: true });
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const config = join(root, 'tools', 'jest.config.mjs');
  const options = ['--config', config, '--runInBand', '--forceExit', '--json', `--outputFile=${report}`];
  const args = [
    '--experimental-vm-modules',
    '--no-warnings',
    jest,
    ...options,
    '--runTestsByPath',
    ...specs.map((spec) => join(root, spec)),
  ];
  const timeout = AbortSignal.timeout(JEST_WITHIN_MS);
  const run = /** @type {Children} */ (children).run('jest', process.execPath, args, { env, cwd: root, log });
  await Promise.race([run, once(timeout, 'abort')]);
  if (!existsSync(report)) return { passed: 0, failures: [], broken: `jest did not end: ${readFileSync(log, 'utf8').slice(-2_000)}` };
  return readReport(JSON.parse(readFileSync(report, 'utf8')));
}

/** @param {{ numPassedTests: number, testResults: { name: string, message: string, assertionResults: { status: string, fullName: string, failureMessages: string[] }[] }[] }} report */
function readReport({ numPassedTests, testResults }) {
  const failures = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName, failureMessages }) => ({ spec: name.slice(root.length + 1), test: fullName, said: gistOf(failureMessages[0]) })),
  );
  const dead = testResults.find(({ assertionResults, message }) => assertionResults.length === 0 && message !== '');
  return { passed: numPassedTests, failures, broken: failures.length === 0 && dead ? dead.message.slice(0, 2_000) : undefined };
}

/** What was got instead, in a line. @param {string | undefined} message */
function gistOf(message = '') {
  const lines = message.replaceAll(/\u001b\[\d+m/g, '').split('\n');
  const received = lines.find((line) => /^\s*(Received\b(?!  )|\+ (?!Received))/.test(line)) ?? lines[0] ?? '';
  return received.trim().slice(0, 200);
}
