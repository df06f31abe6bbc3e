import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const FILLERS = 4;

/** Listens and then never looks up again: a process of its own, because Node accepts whatever it can. */
const PROGRAM = `
require('node:net').createServer().listen({ port: Number(process.argv[1]), host: '127.0.0.1', backlog: 1 }, () => {
  require('node:fs').writeSync(1, 'listening');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});`;

/** A port whose queue is full, so that the system drops whatever wants to connect: no answer, no refusal. */
export class DeafListener {
  private constructor(
    private readonly child: ChildProcess,
    private readonly fillers: readonly Socket[],
  ) {}

  static async on(port: number): Promise<DeafListener> {
    const child = spawn(process.execPath, ['-e', PROGRAM, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    const fillers = Array.from({ length: FILLERS }, () => connect(port, '127.0.0.1').on('error', () => undefined));
    await Promise.race(fillers.map((filler) => once(filler, 'connect')));
    return new DeafListener(child, fillers);
  }

  /** Ends it; those that were still knocking are refused from now on. */
  async close(): Promise<void> {
    for (const filler of this.fillers) filler.destroy();
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}
