import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { dirname } from 'node:path';
import type { Spread } from '#tools/bench/statistics.js';

/** One number that was measured, and what it is compared with. */
export interface CaseResult {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly baseline: number | null;
  readonly ratio: number | null;
  /** Slices, or repetitions. */
  readonly runs: number;
  /** Of the ratio, with 95 % confidence; of the value where there is no ratio. */
  readonly spread: Spread | null;
  readonly details?: Readonly<Record<string, number | string>>;
}

/** Everything that was measured in one run. */
export class ResultBook {
  readonly #cases = new Map<string, CaseResult>();
  readonly #begun = new Date();

  add(result: CaseResult): void {
    this.#cases.set(result.name, result);
  }

  find(name: string): CaseResult | undefined {
    return this.#cases.get(name);
  }

  async save(file: string): Promise<void> {
    const [processor] = cpus();
    const machine = {
      processor: processor?.model ?? 'unknown',
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      platform: `${process.platform} ${process.arch}`,
      node: process.versions.node,
      loadAverage: loadavg().map((load) => Math.round(load * 100) / 100),
    };
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${JSON.stringify({ machine, when: this.#begun.toISOString(), cases: [...this.#cases.values()] }, null, 2)}\n`);
  }
}
