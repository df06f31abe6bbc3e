import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { tail } from './children.mjs';
import { StartError } from './start-error.mjs';

/**
 * @typedef {import('./children.mjs').Children} Children
 * @typedef {{ name: string, port: number, password: string, isFast: boolean }} Cluster
 * @typedef {import('./postgres-home.mjs').PostgresHome} PostgresHome
 */

/**
 * Starts one PostgreSQL server, made at its first start, and answers when it takes connections. `isFast` gives durability away: for tests.
 * @param {Children} children @param {PostgresHome} home @param {Cluster} cluster
 */
export async function startPostgres(children, home, cluster) {
  const folder = join(home.data, cluster.name);
  const data = join(folder, 'data');
  const log = join(folder, 'postgres.log');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (home.user) chownSync(folder, home.user.uid, home.user.gid);
  const options = {
    ...home.user,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    log,
    signal: /** @type {const} */ ('SIGINT'),
    role: /** @type {const} */ ('server'),
  };
  if (!existsSync(data)) await create(children, home, cluster, folder, options);
  removeDeadPid(data);
  const settings = Object.entries(settingsOf(cluster)).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = children.start(`PostgreSQL ${cluster.name}`, join(home.bin, 'postgres'), ['-D', data, ...settings], options);
  await Promise.race([isReady(data, server.pid, cluster.name), children.lost]);
}

/** @param {Children} children @param {PostgresHome} home @param {Cluster} cluster @param {string} folder @param {import('./children.mjs').ChildOptions} options */
async function create(children, home, cluster, folder, options) {
  const fresh = join(folder, 'data.new');
  const passwordFile = join(folder, 'password');
  rmSync(fresh, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, cluster.password, { mode: 0o600, flag: 'wx' });
  if (home.user) chownSync(passwordFile, home.user.uid, home.user.gid);
  const args = ['-D', fresh, '-U', 'postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8', '--no-instructions'];
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const code = await children.run(
    `initdb ${cluster.name}`,
    join(home.bin, 'initdb'),
    [...args, ...locale, ...(cluster.isFast ? ['--no-sync'] : [])],
    options,
  );
  rmSync(passwordFile, { force: true });
  if (code !== 0)
    throw new StartError(`initdb failed for ${cluster.name} (exit code ${code}). Its last lines:\n${tail(String(options.log))}`);
  // Only a finished cluster bears the name: an initdb that was cut short is thrown away by the next start.
  renameSync(fresh, join(folder, 'data'));
}

/** @param {Cluster} cluster */
function settingsOf({ port, isFast }) {
  return {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 120,
    shared_buffers: '128MB',
    wal_level: 'logical',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] %u@%d ',
    // A log must not hold what tenants wrote: neither statements nor their parameters.
    log_statement: 'none',
    log_min_error_statement: 'panic',
    // What a statement was refused for holds its values.
    log_min_messages: 'log',
    log_parameter_max_length: 0,
    log_parameter_max_length_on_error: 0,
    ...(isFast ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
}

/** PostgreSQL takes any living process with the id in this file for itself, and in a container ids come round soon. @param {string} data */
function removeDeadPid(data) {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file) || !existsSync('/proc/self/cmdline')) return;
  const pid = readFileSync(file, 'utf8').split('\n')[0];
  const command = existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : '';
  if (command.includes(data)) throw new StartError(`Another PostgreSQL (process ${pid}) runs on ${data}: stop it, then start again.`);
  rmSync(file);
}

/** @param {string} data @param {number | undefined} pid @param {string} name */
async function isReady(data, pid, name) {
  const file = join(data, 'postmaster.pid');
  for (const until = Date.now() + 120_000; Date.now() < until; await pause(40)) {
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    if (Number(lines[0]) === pid && lines[7]?.trim() === 'ready') return;
  }
  throw new StartError(`PostgreSQL ${name} was not ready after two minutes. Its log is beside ${data}.`);
}
