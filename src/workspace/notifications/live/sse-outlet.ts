import { Readable } from 'node:stream';

/** The end of a stream that a reader takes from. What is not taken stays here, so whoever writes waits until it was. */
export class SseOutlet {
  readonly stream: Readable;
  #taken: (() => void) | undefined;
  #isFull = false;

  constructor(atMost: { readonly bytes: number }) {
    this.stream = new Readable({
      highWaterMark: atMost.bytes,
      read: () => {
        this.#isFull = false;
        this.#taken?.();
      },
    });
    // Being cut off is how most streams end.
    this.stream.on('error', () => undefined);
  }

  get isOpen(): boolean {
    return !this.stream.destroyed && !this.stream.readableEnded;
  }

  /** Bytes that wait for the reader. */
  get waiting(): number {
    return this.stream.readableLength;
  }

  write(text: string): void {
    if (this.isOpen) this.#isFull = !this.stream.push(text);
  }

  /** Whether there is room again within this time; false too when the stream ended. */
  async hasRoom(withinMs: number): Promise<boolean> {
    if (!this.isOpen || !this.#isFull) return this.isOpen;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(resolve, withinMs, false);
    const settle = (): void => resolve(this.isOpen);
    this.#taken = settle;
    this.stream.once('close', settle);
    return promise.finally(() => {
      clearTimeout(timer);
      this.#taken = undefined;
      this.stream.off('close', settle);
    });
  }

  /** Says that it is over; what waits may still be taken. */
  end(): void {
    if (this.isOpen) this.stream.push(null);
  }

  /** Ends at once; what waits is lost. */
  cut(): void {
    this.stream.destroy();
  }
}
