import { setTimeout as wait } from 'node:timers/promises';
import type { Readable } from 'node:stream';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { WorkBook } from '#catalog/work/work-book.js';
import { ENDED, type WorkEvent, type WorkState } from '#catalog/work/work-report.js';
import { TooManyWatchersError } from '#control/onboarding/onboarding.errors.js';
import { eventView } from '#control/onboarding/onboarding-view.js';
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

/** Lets callers watch onboardings: each change as one event, until nothing comes after it by itself. */
@Injectable()
export class OnboardingStreams implements BeforeApplicationShutdown {
  readonly #open = new Map<SseOutlet, string>();
  #isOver = false;

  constructor(
    private readonly works: WorkBook,
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
        const events = await this.works.events(id, seen);
        for (const event of events) {
          if (!(await outlet.hasRoom(commentEveryMs))) {
            outlet.cut();
            return;
          }
          outlet.write(sseEvent(String(event.seq), eventView(event)));
          seen = event.seq;
        }
        if (await this.#isEnded(id, events)) break;
        silentMs = events.length > 0 ? 0 : silentMs + lookEveryMs;
        if (silentMs >= commentEveryMs && outlet.waiting === 0) {
          outlet.write(SSE_COMMENT);
          silentMs = 0;
        }
        await wait(lookEveryMs);
      }
      outlet.end();
    } catch {
      // The events are where they were; the reader comes again with the last id it got.
      outlet.cut();
    }
  }

  /** Asked only where it can be so: after the event that says it, or when there was nothing to show from the beginning. */
  async #isEnded(id: string, events: readonly WorkEvent[]): Promise<boolean> {
    const last = events.at(-1);
    if (last) return last.step === null && ENDED.has(last.state as WorkState);
    return ENDED.has((await this.works.report(id)).state);
  }
}
