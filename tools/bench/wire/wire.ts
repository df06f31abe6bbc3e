import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type WireOrder = { kind: 'listen'; ports: number[] } | { kind: 'delay'; ms: number } | { kind: 'count' };
export type WireAnswer = { kind: 'listening'; ports: number[] } | { kind: 'delayed' } | { kind: 'counted'; asks: number; answers: number };

/** The way to the database servers, in a process of its own: it counts round trips and can make each take longer. */
export class Wire {
  private constructor(
    private readonly child: ChildProcess,
    private readonly ports: ReadonlyMap<string, number>,
  ) {}

  static async to(urls: readonly string[]): Promise<Wire> {
    const child = fork(fileURLToPath(new URL('./wire-process.js', import.meta.url)), { execArgv: [] });
    const targets = [...new Set(urls.map((url) => new URL(url).port))];
    const { ports } = (await ask(child, { kind: 'listen', ports: targets.map(Number) })) as { ports: number[] };
    return new Wire(child, new Map(targets.map((port, index) => [port, ports[index] ?? 0])));
  }

  /** The same address by way of the wire. */
  through(url: string): string {
    const changed = new URL(url);
    changed.port = String(this.ports.get(changed.port));
    return changed.href;
  }

  async delay(ms: number): Promise<void> {
    await ask(this.child, { kind: 'delay', ms });
  }

  /** What clients asked so far and waited for, and how often a server said that it was ready for more. */
  async count(): Promise<{ asks: number; answers: number }> {
    return (await ask(this.child, { kind: 'count' })) as { asks: number; answers: number };
  }

  close(): void {
    this.child.disconnect();
  }
}

async function ask(child: ChildProcess, order: WireOrder): Promise<WireAnswer> {
  child.send(order);
  const [answer] = (await once(child, 'message')) as [WireAnswer];
  return answer;
}
