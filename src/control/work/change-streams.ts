import { setTimeout as wait } from 'node:timers/promises';
import type { Readable } from 'node:stream';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { AppError } from '#kernel/errors/app-error.js';
import { SSE_COMMENT, SSE_OPENING, sseEvent } from '#workspace/notifications/live/sse-text.js';
import { SseOutlet } from '#workspace/notifications/live/sse-outlet.js';

/** How streams are held; times in milliseconds. */
export interface WatchLimits {
  readonly perProcess: number;
  readonly perNetwork: number;
  /** How often it is looked for changes. */
  readonly lookEveryMs: number;
  /** How often a stream says that it is there. */
  readonly commentEveryMs: number;
  /** After so long a stream ends, and its reader comes again with the last id it got. */
  readonly longestMs: number;
  readonly waitingBytes: number;
}

export const WATCH_LIMITS: WatchLimits = {
  perProcess: 200,
  perNetwork: 20,
  lookEveryMs: 200,
  commentEveryMs: 15_000,
  longestMs: 600_000,
  waitingBytes: 64 * 1024,
};

/** One change of something long, as it is told to who watches. */
export interface Change {
  readonly seq: number;
  readonly view: object;
  /** Nothing comes after it by itself. */
  readonly isLast: boolean;
}

/** Where changes are kept. */
export interface ChangeSource {
  /** With `seq > after`, in their order. */
  since(id: string, after: number): Promise<readonly Change[]>;
  /** Whether nothing comes any more. */
  isOver(id: string): Promise<boolean>;
}

/** Too many watch from there, or in this process. */
export class TooManyWatchersError extends AppError {
  readonly code = 'streams.too-many';
  readonly retryAfterSeconds = 5;

  constructor() {
    super('Too many streams are open; close one, or ask for the status instead.');
  }
}

/** Lets callers watch something long: each change as one event, until nothing comes after it by itself. */
export class ChangeStreams implements BeforeApplicationShutdown {
  readonly #open = new Map<SseOutlet, string>();
  #isOver = false;

  constructor(
    private readonly source: ChangeSource,
    private readonly limits: WatchLimits = WATCH_LIMITS,
  ) {}

  /** Shows what came after the last event that was seen. Raises TooManyWatchersError. */
  begin(id: string, lastEventId: string | undefined, network: string): { readonly stream: Readable; readonly end: () => void } {
    const fromThere = [...this.#open.values()].filter((known) => known === network).length;
    if (this.#isOver || this.#open.size >= this.limits.perProcess || fromThere >= this.limits.perNetwork) throw new TooManyWatchersError();
    const outlet = new SseOutlet({ bytes: this.limits.waitingBytes });
    outlet.write(SSE_OPENING);
    this.#open.set(outlet, network);
    const after = /^\d{1,9}$/.test(lastEventId ?? '') ? Number(lastEventId) : 0;
    void this.#pump(outlet, id, after).finally(() => this.#open.delete(outlet));
    return { stream: outlet.stream, end: () => outlet.cut() };
  }

  beforeApplicationShutdown(): void {
    this.#isOver = true;
    for (const outlet of this.#open.keys()) outlet.end();
  }

  async #pump(outlet: SseOutlet, id: string, after: number): Promise<void> {
    const { lookEveryMs, commentEveryMs, longestMs } = this.limits;
    let seen = after;
    let silentMs = 0;
    try {
      for (let lookedMs = 0; lookedMs < longestMs && outlet.isOpen; lookedMs += lookEveryMs) {
        const changes = await this.source.since(id, seen);
        for (const { seq, view } of changes) {
          if (!(await outlet.hasRoom(commentEveryMs))) {
            outlet.cut();
            return;
          }
          outlet.write(sseEvent(String(seq), view));
          seen = seq;
        }
        // Who comes when there was nothing to show may have seen the last of it before; later the last change says so itself.
        const isFirst = lookedMs === 0;
        if (changes.at(-1)?.isLast ?? (isFirst && (await this.source.isOver(id)))) break;
        silentMs = changes.length > 0 ? 0 : silentMs + lookEveryMs;
        if (silentMs >= commentEveryMs && outlet.waiting === 0) {
          outlet.write(SSE_COMMENT);
          silentMs = 0;
        }
        await wait(lookEveryMs);
      }
      outlet.end();
    } catch {
      // The changes are where they were; the reader comes again with the last id it got.
      outlet.cut();
    }
  }
}
