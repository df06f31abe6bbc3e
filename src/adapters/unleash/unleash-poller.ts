import { randomUUID } from 'node:crypto';
import { Unleash, UnleashEvents } from 'unleash-client';

/** Failures make the SDK ask more and more seldom, up to eleven times; whoever is silent for longer has given up. */
const SILENT_FOR = 13;

/** Where to ask, how often, and whom to tell what was heard. */
export interface UnleashPollerOptions {
  readonly url: string;
  readonly token: string;
  readonly appName: string;
  readonly refreshMs: number;
  readonly timeoutMs: number;
  /** Told of each new answer. */
  readonly heard: (answer: unknown) => Promise<void>;
  /** Told that the server has nothing new. */
  readonly unchanged: () => void;
  /** Told that the server did not answer, or not in a way that can be used. */
  readonly failed: (reason: string) => void;
}

/** Asks an Unleash server for its flags again and again, through its SDK, for as long as the process lives. */
export class UnleashPoller {
  #unleash: Unleash | undefined;
  #isAsking = false;
  #isClosed = false;
  #silence: NodeJS.Timeout | undefined;

  constructor(private readonly options: UnleashPollerOptions) {
    this.#start();
  }

  /**
   * Asks no more. The SDK's own end is safe only between two questions: in the middle of one that fails it would leave an error that nobody
   * listens to, which ends the process.
   */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#silence);
    if (!this.#isAsking) this.#unleash?.destroy();
  }

  #start(): void {
    const { url, token, appName, refreshMs, timeoutMs, heard, unchanged, failed } = this.options;
    const unleash = new Unleash({
      ...{ url, appName, refreshInterval: refreshMs, timeout: timeoutMs },
      instanceId: randomUUID(),
      // Nothing is told to the server beside the question itself.
      disableMetrics: true,
      metricsInterval: 0,
      skipInstanceCountWarning: true,
      // It would begin by itself a moment later, also when it was closed meanwhile.
      disableAutoStart: true,
      customHeadersFunction: () => Promise.resolve(this.#asks(token)),
      storageProvider: { get: () => Promise.resolve(undefined), set: (_, answer) => this.#ends(() => heard(answer)) },
    });
    this.#unleash = unleash;
    unleash.on(UnleashEvents.Unchanged, () => void this.#ends(unchanged));
    for (const event of [UnleashEvents.Error, UnleashEvents.Warn])
      unleash.on(event, (reason: unknown) => void this.#ends(() => failed(reason instanceof Error ? reason.message : String(reason))));
    unleash.start().catch((error: unknown) => failed(String(error)));
  }

  #asks(token: string): Record<string, string> {
    this.#isAsking = true;
    clearTimeout(this.#silence);
    return { Authorization: token };
  }

  /** One question has its answer. */
  async #ends(tell: () => void | Promise<void>): Promise<void> {
    const unleash = this.#unleash;
    if (!this.#isClosed) await tell();
    // The SDK plans its next question right after this.
    setImmediate(() => {
      this.#isAsking = false;
      if (this.#isClosed) unleash?.destroy();
      else this.#watch();
    });
  }

  /** A refused token makes the SDK give up for ever; it may be allowed later. */
  #watch(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.#unleash?.destroy();
      this.#start();
    }, SILENT_FOR * this.options.refreshMs);
    this.#silence.unref();
  }
}
