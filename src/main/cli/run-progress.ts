import { SingleBar } from 'cli-progress';
import type { RunEvent } from '#catalog/fleet/migration-run.js';

const LINE_EVERY_MS = 2_000;

/** Shows how a run goes: a bar with rate and remaining time on a terminal, now and then a plain line elsewhere. */
export class RunProgress {
  #bar: SingleBar | undefined;
  #toldAt = 0;
  #told = '';

  constructor(private readonly stream: NodeJS.WriteStream) {}

  show({ state, wave, targets: { total, migrated, failed, skipped }, failures }: RunEvent): void {
    const ended = migrated + failed + skipped;
    if (this.stream.isTTY) {
      this.#bar ??= this.#begin(total);
      this.#bar.setTotal(total);
      this.#bar.update(ended, { wave, failed });
      return;
    }
    for (const { target, error } of failures) this.stream.write(`${target}: ${error}\n`);
    const line = `${state}, wave ${String(wave)}: ${String(ended)} of ${String(total)}, ${String(failed)} failed`;
    const isSoon = performance.now() - this.#toldAt < LINE_EVERY_MS && state === 'running';
    if (line === this.#told || isSoon) return;
    this.stream.write(`${line}\n`);
    [this.#told, this.#toldAt] = [line, performance.now()];
  }

  end(): void {
    this.#bar?.stop();
  }

  #begin(total: number): SingleBar {
    const format = '{bar} {value}/{total} homes | wave {wave} | {failed} failed | {duration_formatted} gone, {eta_formatted} to go';
    const bar = new SingleBar({ format, stream: this.stream, hideCursor: true });
    bar.start(total, 0, { wave: 1, failed: 0 });
    return bar;
  }
}
