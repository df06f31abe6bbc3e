import { SingleBar } from 'cli-progress';
import type { RunEvent } from '#catalog/fleet/migration-run.js';

const FORMAT = '{bar} {value}/{total} homes | wave {wave} | {failed} failed | {duration_formatted} gone, {eta_formatted} to go';
const LINE_EVERY_MS = 2_000;
/** Lines over a bar: its line is cleared, long ones may wrap, and where it is drawn from now on is kept. */
const OVER_BAR = { before: '\r\x1b[2K\x1b[?7h', after: '\x1b[?7l\x1b7' };

/** Shows how a run goes: a bar with rate and remaining time on a terminal, now and then a plain line elsewhere; what goes wrong when it does. */
export class RunProgress {
  #bar: SingleBar | undefined;
  #toldAt = -LINE_EVERY_MS;
  #told = '';

  constructor(private readonly stream: NodeJS.WriteStream) {}

  show(event: RunEvent): void {
    if (this.stream.isTTY) this.#draw(event);
    else this.#print(event);
  }

  end(): void {
    this.#bar?.stop();
  }

  #draw({ wave, targets, failures }: RunEvent): void {
    const { total, failed } = targets;
    if (failures.length > 0) this.stream.write(this.#bar ? `${OVER_BAR.before}${linesOf(failures)}${OVER_BAR.after}` : linesOf(failures));
    if (!this.#bar) {
      this.#bar = new SingleBar({ format: FORMAT, formatTime: timeText, stream: this.stream, hideCursor: true, forceRedraw: true });
      this.#bar.start(total, endedOf(targets), { wave, failed });
      return;
    }
    this.#bar.setTotal(total);
    this.#bar.update(endedOf(targets), { wave, failed });
    if (failures.length > 0) this.#bar.render();
  }

  #print({ state, wave, targets, failures }: RunEvent): void {
    this.stream.write(linesOf(failures));
    const { total, failed } = targets;
    const line = `${state}, wave ${String(wave)}: ${String(endedOf(targets))} of ${String(total)}, ${String(failed)} failed`;
    const isSoon = performance.now() - this.#toldAt < LINE_EVERY_MS && state === 'running';
    if (line === this.#told || isSoon) return;
    this.stream.write(`${line}\n`);
    [this.#told, this.#toldAt] = [line, performance.now()];
  }
}

/** Before there is a rate the time that remains is no number. */
function timeText(seconds: number | string): string {
  const whole = Math.round(Number(seconds));
  if (!Number.isFinite(whole)) return '?';
  const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor((whole % 3_600) / 60)];
  if (hours > 0) return `${String(hours)}h${String(minutes).padStart(2, '0')}m`;
  return minutes > 0 ? `${String(minutes)}m${String(whole % 60).padStart(2, '0')}s` : `${String(whole)}s`;
}

function endedOf({ migrated, failed, skipped }: RunEvent['targets']): number {
  return migrated + failed + skipped;
}

function linesOf(failures: RunEvent['failures']): string {
  return failures.map(({ target, error, isTriedAgain }) => `${isTriedAgain ? 'tried again' : 'failed'}: ${target}: ${error}\n`).join('');
}
