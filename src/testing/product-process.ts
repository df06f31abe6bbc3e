import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { projectFolder } from '#main/project-folder.js';

/** What a program of the product says when it is ready. */
const READY = { api: 'serving', worker: 'working' } as const;

/** A program of the product in a process of its own; end it. */
export interface ProductProcess {
  /** Where an api listens; 0 for a worker. */
  readonly port: number;
  /** Sends it the signal, waits for its end, and gives its exit code: null when the signal ended it. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Resolves when the program says that it is ready; its settings are this process's and those given. Raises when it ends before that. */
export async function startProduct(program: 'api' | 'worker', settings: Readonly<Record<string, string>> = {}): Promise<ProductProcess> {
  const child = spawn(process.execPath, [join(projectFolder(), 'dist/src/main', `${program}.js`)], {
    env: { ...process.env, ...settings, PORT: '0', LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  createInterface(child.stdout).on('line', (line) => {
    const said = JSON.parse(line) as { msg: string; address?: string };
    if (said.msg === READY[program]) resolve(said.address === undefined ? 0 : Number(new URL(said.address).port));
  });
  const ended = once(child, 'exit');
  void ended.then(() => reject(new Error(`The ${program} ended before it was ready; what it said stands above.`)));
  return {
    port: await promise,
    end: async (signal = 'SIGTERM') => {
      child.kill(signal);
      return ((await ended) as [number | null])[0];
    },
  };
}

/** What an api answered. */
export interface ProductAnswer {
  readonly status: number;
  /** What it says, when that is JSON. */
  readonly body: unknown;
}

/** One request to an api, which knows by the `host` of the headers whose it is. */
export async function askProduct(
  port: number,
  method: 'GET' | 'POST',
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: object,
): Promise<ProductAnswer> {
  const sent = request({ host: '127.0.0.1', port, method, path, headers: { 'content-type': 'application/json', ...headers } });
  sent.end(body && JSON.stringify(body));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const said = await text(response);
  return { status: response.statusCode ?? 0, body: said === '' ? null : (JSON.parse(said) as unknown) };
}
