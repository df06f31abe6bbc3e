/** Counts only the time in which the store owes something, so that a slow caller is never taken for a store that is away. */
export class StoreTimer {
  #timer: NodeJS.Timeout | undefined;

  /** `expired` is called once the store has owed for so many milliseconds at a stretch. */
  constructor(
    private readonly milliseconds: number,
    private readonly expired: () => void,
  ) {}

  /** The store's turn, from now. */
  start(): void {
    this.stop();
    // Unreferenced: chunks that were given up may start it once more, when nobody is left to stop it.
    this.#timer = setTimeout(this.expired, this.milliseconds).unref();
  }

  /** The caller's turn, or nobody's. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Chunks that the store gives: its turn is until the next one is there. */
  async *whileAwaiting<T>(chunks: AsyncIterable<T>): AsyncGenerator<T, void> {
    try {
      this.start();
      for await (const chunk of chunks) {
        this.stop();
        yield chunk;
        this.start();
      }
    } finally {
      this.stop();
    }
  }

  /** Chunks that the store takes: its turn is until it asks for the next one, and after the last, until `stop`. */
  async *whileTaken<T>(chunks: AsyncIterable<T>): AsyncGenerator<T, void> {
    this.stop();
    for await (const chunk of chunks) {
      this.start();
      yield chunk;
      this.stop();
    }
    this.start();
  }
}
