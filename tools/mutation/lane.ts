import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a lane is to do: change a file of its copy, make its databases anew if the change is in them, and run specs. */
export interface Order {
  readonly change?: { readonly file: string; readonly text: string };
  readonly inDatabase: boolean;
  readonly specs: readonly string[];
}

/** What came of it; `broken` when that says nothing about the defence. */
export interface Outcome {
  readonly passed: number;
  readonly failures: readonly { readonly spec: string; readonly test: string; readonly said: string }[];
  readonly broken?: string | undefined;
  readonly seconds: number;
}

const COPIED = ['src', 'migrations', 'provisioning', 'tools', 'dist', 'package.json', 'tsconfig.json'];

/** A copy of the project in a folder of its own, with servers of its own, that carries out one order at a time. Close it to take all away. */
export class Lane {
  readonly #lost: Promise<never>;

  private constructor(
    private readonly folder: string,
    private readonly process: ChildProcess,
  ) {
    this.#lost = once(process, 'exit').then(() => Promise.reject(new Error('A lane ended unexpectedly; what it said stands above.')));
    this.#lost.catch(() => undefined);
  }

  /** Raises when the copy's servers cannot be started. */
  static async open(project: string, environment: NodeJS.ProcessEnv): Promise<Lane> {
    const folder = mkdtempSync(join(tmpdir(), 'tenantry-mutation-'));
    for (const name of COPIED) cpSync(join(project, name), join(folder, name), { recursive: true, preserveTimestamps: true });
    symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
    mkdirSync(join(folder, '.cache'));
    const redis = join(project, '.cache', 'redis');
    if (existsSync(redis)) symlinkSync(redis, join(folder, '.cache', 'redis'));
    const lane = new Lane(folder, fork(join(folder, 'tools', 'mutation', 'lane-process.mjs'), { env: environment, cwd: folder }));
    try {
      await lane.#next();
      return lane;
    } catch (error) {
      await lane.close();
      throw error;
    }
  }

  /** A file of the copy, from the project's folder. */
  read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  async carryOut(order: Order): Promise<Outcome> {
    this.process.send(order);
    return (await this.#next()) as Outcome;
  }

  async close(): Promise<void> {
    if (this.process.connected) this.process.disconnect();
    await this.#lost.catch(() => undefined);
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #next(): Promise<unknown> {
    const [message] = (await Promise.race([once(this.process, 'message'), this.#lost])) as [unknown];
    return message;
  }
}
