import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { writePrivate } from './private-file.mjs';
import { redisProgram } from './redis-program.mjs';
import { StartError } from './start-error.mjs';

/**
 * Starts the one Redis of a data folder and answers when it has read its log back and takes commands.
 * @param {import('./children.mjs').Children} children @param {{ dataDir: string, port: number, password: string, isFast: boolean }} options @param {(line: string) => void} say
 */
export async function startRedis(children, { dataDir, port, password, isFast }, say) {
  const { command, env } = await redisProgram(say);
  const folder = join(dataDir, 'redis');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const settings = {
    bind: '127.0.0.1',
    port,
    requirepass: password,
    dir: JSON.stringify(folder),
    daemonize: 'no',
    save: '""',
    appendonly: isFast ? 'no' : 'yes',
    'maxmemory-policy': 'noeviction',
  };
  // A file, because the command line is everybody's to read.
  const file = join(folder, 'redis.conf');
  writePrivate(
    file,
    Object.entries(settings)
      .map((pair) => pair.join(' '))
      .join('\n') + '\n',
  );
  children.start('Redis', command, [file], { env, cwd: '/', log: join(folder, 'redis.log'), role: 'server' });
  await Promise.race([isReady(port, password), children.lost]);
}

/** @param {number} port @param {string} password */
async function isReady(port, password) {
  for (const until = Date.now() + 60_000; Date.now() < until; await pause(40)) {
    if ((await ask(port, `AUTH ${password}\r\nPING\r\n`)).includes('+PONG')) return;
  }
  throw new StartError('Redis was not ready after a minute. Its log is redis/redis.log in the data folder.');
}

/** @param {number} port @param {string} words @returns {Promise<string>} */
function ask(port, words) {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 }, () => socket.write(`${words}QUIT\r\n`));
    socket.on('data', (chunk) => (answer += chunk));
    socket.once('timeout', () => socket.destroy()).once('error', () => undefined);
    socket.once('close', () => resolve(answer));
  });
}
