import type { Socket } from 'node:net';

/** What happens to bytes on their way. */
export type PipeMode =
  | { readonly kind: 'pass' }
  | { readonly kind: 'hold' }
  | { readonly kind: 'delay'; readonly milliseconds: number }
  | { readonly kind: 'reset'; readonly bytes: number };

/** One direction of a connection through a proxy. Delays and resets meet only the direction that `mayBeLate`. */
export class ProxiedPipe {
  #delayMs = 0;
  readonly #queue: { readonly pass: () => void; readonly dueAt: number }[] = [];
  #bytesLeft = Infinity;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly options: { readonly mayBeLate: boolean },
  ) {
    from.on('data', (chunk: Buffer) => this.#take(chunk));
    from.on('end', () => this.#inOrder(() => to.end()));
    // A connection that breaks is closed, and that is acted on.
    from.on('error', () => undefined);
  }

  become(mode: PipeMode): void {
    const { mayBeLate } = this.options;
    this.#delayMs = mayBeLate && mode.kind === 'delay' ? mode.milliseconds : 0;
    this.#bytesLeft = mayBeLate && mode.kind === 'reset' ? mode.bytes : Infinity;
    if (mode.kind === 'hold') this.from.pause();
    else this.from.resume();
  }

  #take(chunk: Buffer): void {
    this.#bytesLeft -= chunk.length;
    if (this.#bytesLeft <= 0) this.to.resetAndDestroy();
    else this.#inOrder(() => this.to.write(chunk));
  }

  /** A shorter delay does not let later bytes overtake earlier ones. */
  #inOrder(pass: () => void): void {
    if (this.#queue.length === 0 && this.#delayMs === 0) {
      pass();
      return;
    }
    this.#queue.push({ pass, dueAt: performance.now() + this.#delayMs });
    if (this.#queue.length === 1) this.#passLater();
  }

  #passLater(): void {
    const [first] = this.#queue;
    if (!first) return;
    setTimeout(() => {
      if (!this.to.destroyed) first.pass();
      this.#queue.shift();
      this.#passLater();
    }, first.dueAt - performance.now()).unref();
  }
}
