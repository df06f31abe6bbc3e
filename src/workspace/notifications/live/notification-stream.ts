import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { NotificationView } from '../notification.schemas.js';
import { SSE_COMMENT, SSE_OPENING, sseEvent } from './sse-text.js';
import { SseOutlet } from './sse-outlet.js';
import type { StreamLimits } from './stream-limits.js';

/** What a stream needs of its process; each is asked in the scope of its tenant. */
export interface StreamParts {
  readonly limits: StreamLimits;
  /** Those told after an instant, oldest first. Raises when they cannot be read. */
  readonly after: (at: Date, limit: number) => Promise<NotificationView[]>;
  /** The tenant as it is now when the stream may go on, else null. Raises when that cannot be found out. */
  readonly standing: () => Promise<Tenant | null>;
}

/**
 * One member's stream. It knows up to where its reader was shown everything, and when poked shows what came after, so that nothing is shown
 * twice or left out whatever was heard twice or not at all. Between pokes it holds neither a connection nor a transaction.
 */
export class NotificationStream {
  readonly outlet: SseOutlet;
  #shownUpTo: Date | undefined;
  #isWanted = false;
  #pumping: Promise<void> | undefined;
  /** False while nobody can say whether the reader may still see anything. */
  #isTrusted = true;

  constructor(private readonly parts: StreamParts) {
    this.outlet = new SseOutlet({ bytes: parts.limits.waitingBytes });
    this.outlet.write(SSE_OPENING);
  }

  /** Everything after this instant is to be shown; nothing is before it is called. */
  begin(after: Date): void {
    this.#shownUpTo = after;
    this.poke();
  }

  /** There may be something to show. */
  poke(): void {
    this.#isWanted = true;
    this.#pumping ??= this.#pump().finally(() => {
      this.#pumping = undefined;
      if (this.#isWanted && this.outlet.isOpen && this.#isTrusted && this.#shownUpTo) this.poke();
    });
  }

  comment(): void {
    // One that takes nothing is told nothing more; it is cut when something is to be shown.
    if (this.outlet.waiting === 0) this.outlet.write(SSE_COMMENT);
  }

  /** Ends the stream unless its reader may go on; what cannot be found out now keeps it open and silent. */
  async check(): Promise<void> {
    try {
      if ((await this.parts.standing()) === null) {
        this.outlet.cut();
        return;
      }
      this.#isTrusted = true;
      if (this.#isWanted) this.poke();
    } catch {
      // A database or a catalog that is away: asked again at the next check.
      this.#isTrusted = false;
    }
  }

  async #pump(): Promise<void> {
    const { limits, after } = this.parts;
    try {
      while (this.#isWanted && this.#shownUpTo && this.#isTrusted && this.outlet.isOpen) {
        this.#isWanted = false;
        const rows = await after(this.#shownUpTo, limits.batch);
        for (const row of rows) {
          if (!(await this.#hasRoom())) return;
          this.outlet.write(sseEvent(row.id, row));
          this.#shownUpTo = new Date(row.createdAt);
        }
        if (rows.length === limits.batch) this.#isWanted = true;
      }
    } catch {
      // The rows are where they were: the next check asks whether all is well, and looks for them again.
      this.#isWanted = true;
      this.#isTrusted = false;
    }
  }

  async #hasRoom(): Promise<boolean> {
    const hasRoom = this.#isTrusted && (await this.outlet.hasRoom(this.parts.limits.stalledMs));
    // Its reader comes again with the last id it got, and is shown the rest.
    if (!hasRoom && this.#isTrusted) this.outlet.cut();
    return hasRoom;
  }
}
