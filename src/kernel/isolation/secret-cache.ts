import type { Secret, SecretSource } from '#kernel/isolation/secret-source.js';

const REREAD_AT_MOST_EVERY_MS = 2_000;

/**
 * Secrets as this process last read them. They are kept until one is refused: then it is read again, once for all who were refused,
 * so a rotation costs one read per process and an outage of the store stops nobody who is connected.
 */
export class SecretCache {
  readonly #known = new Map<string, Secret>();
  readonly #reads = new Map<string, Promise<Secret>>();
  readonly #rereadAt = new Map<string, number>();

  constructor(private readonly source: SecretSource) {}

  /** What this process knows, without asking anybody. */
  peek(name: string): Secret | undefined {
    return this.#known.get(name);
  }

  get(name: string): Promise<Secret> | Secret {
    return this.#known.get(name) ?? this.#read(name);
  }

  /** A value other than the refused one: what somebody else has read meanwhile, or a fresh read; the refused one again if nothing is newer. */
  async newerThan(refused: Secret, name: string): Promise<Secret> {
    const known = this.#known.get(name);
    if (known && known.version !== refused.version) return known;
    const running = this.#reads.get(name);
    if (running) return running;
    if (Date.now() - (this.#rereadAt.get(name) ?? 0) < REREAD_AT_MOST_EVERY_MS) return refused;
    this.#rereadAt.set(name, Date.now());
    return this.#read(name);
  }

  #read(name: string): Promise<Secret> {
    const running = this.#reads.get(name);
    if (running) return running;
    const read = this.source
      .get(name)
      .then((secret) => {
        this.#known.set(name, secret);
        return secret;
      })
      .finally(() => this.#reads.delete(name));
    this.#reads.set(name, read);
    return read;
  }
}
