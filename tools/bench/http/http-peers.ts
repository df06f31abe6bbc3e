import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { WrongAnswerError } from '#tools/bench/bench.errors.js';
import type { LoadOrder, LoadReport } from '#tools/bench/http/load-process.js';

/** A server in a process of its own, whose processor time can be told from everybody else's. */
export class HttpServer {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  static async start(kind: 'bare' | 'product'): Promise<HttpServer> {
    const program = fileURLToPath(new URL('./server-process.js', import.meta.url));
    // Its access log is written, and read by nobody.
    const child = fork(program, [kind], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const [{ port }] = (await Promise.race([once(child, 'message'), once(child, 'exit').then(failed)])) as [{ port: number }];
    return new HttpServer(child, port);
  }

  /** Processor time of all its threads so far, in microseconds. */
  get micros(): number {
    const tasks = `/proc/${String(this.child.pid)}/task`;
    return readdirSync(tasks).reduce(
      (sum, task) => sum + Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]) / 1_000,
      0,
    );
  }

  stop(): void {
    this.child.disconnect();
  }
}

/** Asks servers from a process of its own, over connections that are kept. */
export class LoadGenerator {
  readonly #child = fork(fileURLToPath(new URL('./load-process.js', import.meta.url)), { execArgv: [] });

  /** How many requests were answered; raises WrongAnswerError when one was not as expected. */
  async run(order: LoadOrder): Promise<number> {
    this.#child.send(order);
    const [{ requests, wrong }] = (await once(this.#child, 'message')) as [LoadReport];
    if (wrong > 0) throw new WrongAnswerError(order.path, `${wrong} of ${requests} requests`);
    return requests;
  }

  stop(): void {
    this.#child.disconnect();
  }
}

function failed(): never {
  throw new Error('A server of the bench ended before it listened; what it said stands above.');
}
