import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, Caller } from '#testing/faults/http-door.js';

/** What came of a load. */
export interface LoadReport {
  readonly answers: readonly Answer[];
  /** Those that were not answered well. */
  readonly failures: readonly Answer[];
  /** Tickets that were shown to somebody they do not belong to. */
  readonly foreign: number;
  readonly p50: number;
  readonly p99: number;
}

/** Callers that ask for their lists, one request after another each, until they are stopped. */
export class Load {
  readonly #answers: Answer[] = [];
  readonly #work: Promise<unknown>;
  #foreign = 0;
  #isStopped = false;

  /** With a pause between a caller's requests, so that what is measured is the answer and not the queue for the processor. */
  constructor(
    callers: readonly Caller[],
    private readonly pauseMs = 10,
  ) {
    this.#work = Promise.all(callers.map((caller) => this.#keepAsking(caller)));
  }

  /** How many requests were answered well so far. */
  get served(): number {
    return this.#answers.filter(({ status }) => status === 200).length;
  }

  async stop(): Promise<LoadReport> {
    this.#isStopped = true;
    await this.#work;
    const answers = this.#answers;
    const times = answers.map(({ milliseconds }) => milliseconds);
    return {
      answers,
      failures: answers.filter(({ status }) => status !== 200),
      foreign: this.#foreign,
      p50: quantile(times, 0.5),
      p99: quantile(times, 0.99),
    };
  }

  /** A load that lasts so long. */
  static async of(callers: readonly Caller[], milliseconds: number, pauseMs?: number): Promise<LoadReport> {
    const load = new Load(callers, pauseMs);
    await pause(milliseconds);
    return load.stop();
  }

  async #keepAsking({ list, tenant }: Caller): Promise<void> {
    while (!this.#isStopped) {
      const answer = await list();
      this.#answers.push(answer);
      this.#foreign += answer.titles.filter((title) => title !== tenant.slug).length;
      await pause(this.pauseMs);
    }
  }
}

/** The value under which this share of all lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
