import type { WorkBook, WorkPlan } from '#catalog/work/work-book.js';
import { slotOf, type Every } from '#kernel/jobs/schedule.js';
import type { Clock } from '#kernel/work/clock.js';

/** What the platform does again and again: one work a slot, whoever asks for it and however often. */
export interface PlatformSchedule {
  /** `area.what-for`; two schedules never share one. */
  readonly name: `${string}.${string}`;
  readonly kind: WorkPlan;
  readonly every: Every;
}

/** Asks for the work of the slot that is now, once a slot as far as this process knows, and once ever as far as the book does. */
export class PlatformSchedules {
  readonly #asked = new Map<string, number>();

  constructor(
    private readonly schedules: readonly PlatformSchedule[],
    private readonly book: WorkBook,
    private readonly clock: Clock,
  ) {}

  async ask(): Promise<void> {
    for (const { name, kind, every } of this.schedules) {
      const slot = slotOf(every, this.clock.now());
      if (this.#asked.get(name) === slot) continue;
      await this.book.ask({ kind, input: {}, once: `${name}@${String(slot)}` });
      this.#asked.set(name, slot);
    }
  }
}
