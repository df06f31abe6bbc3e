/** Counts messages of PostgreSQL's protocol by their type in a stream that comes in pieces. */
export class MessageCounter {
  readonly counts = new Map<string, number>();
  /** Bytes of the message under way that are still to come. */
  #rest = 0;
  #head = Buffer.alloc(0);

  /** The client's first message has no type. */
  constructor(private isTyped: boolean) {}

  take(piece: Buffer): void {
    let bytes = piece;
    while (bytes.length > 0) {
      if (this.#rest > 0) {
        const skipped = Math.min(this.#rest, bytes.length);
        this.#rest -= skipped;
        bytes = bytes.subarray(skipped);
        continue;
      }
      const length = this.isTyped ? 5 : 4;
      const missing = length - this.#head.length;
      this.#head = Buffer.concat([this.#head, bytes.subarray(0, missing)]);
      bytes = bytes.subarray(missing);
      if (this.#head.length === length) this.#begin();
    }
  }

  #begin(): void {
    if (this.isTyped) {
      const type = String.fromCharCode(this.#head[0] ?? 0);
      this.counts.set(type, (this.counts.get(type) ?? 0) + 1);
    }
    // The length counts itself and not the type.
    this.#rest = this.#head.readInt32BE(this.isTyped ? 1 : 0) - 4;
    this.isTyped = true;
    this.#head = Buffer.alloc(0);
  }
}
