import { Agent, get } from 'node:http';
import { text } from 'node:stream/consumers';

/** What to ask, for how long, and what every answer must hold. */
export interface LoadOrder {
  readonly port: number;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly ms: number;
  readonly expected: string;
}

export interface LoadReport {
  readonly requests: number;
  /** Answers that were not the expected one. */
  readonly wrong: number;
}

const CONNECTIONS = 16;
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

async function load({ port, path, headers, ms, expected }: LoadOrder): Promise<LoadReport> {
  const begin = performance.now();
  let requests = 0;
  let wrong = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() - begin < ms) {
      const answer = await ask(port, path, headers);
      requests += 1;
      if (answer !== expected) wrong += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, caller));
  return { requests, wrong };
}

function ask(port: number, path: string, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ agent, port, path, headers, host: '127.0.0.1' }, (answer) => {
      text(answer).then(resolve, reject);
    }).once('error', reject);
  });
}

process.on('disconnect', () => process.exit(0));
process.on('message', (order: LoadOrder) => {
  void load(order).then((report) => process.send?.(report));
});
