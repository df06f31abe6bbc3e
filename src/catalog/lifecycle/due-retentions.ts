import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type { AdminNotice } from '#catalog/lifecycle/lifecycle-book.js';
import { Retentions } from '#catalog/lifecycle/retentions.js';
import type { WorkBook, WorkPlan } from '#catalog/work/work-book.js';
import type { Clock } from '#kernel/work/clock.js';

/** Days before the erasure at which the tenant's people are told, the nearest first: whoever is told of seven is not told of thirty. */
const WARN_DAYS = [7, 30];

export interface DueRetentionsParts {
  readonly catalog: MikroORM;
  readonly works: WorkBook;
  readonly clock: Clock;
  /** Erases a tenant; its input is `{tenantId, requestedBy, reason, earlyFor}`. */
  readonly erase: WorkPlan;
  /** Writes to a tenant's admin; its input is an AdminNotice. */
  readonly tellAdmin: WorkPlan;
}

/** Finds, by the rows of the catalog and the clock alone, whose retention is over and whose soon will be. */
export class DueRetentions {
  constructor(private readonly parts: DueRetentionsParts) {}

  /**
   * Asks for the erasure of those that are due, unless they are held, or one was asked for before and is not over; and for a warning to those
   * that soon will be, once for each distance. Gives how many of each.
   */
  async find(): Promise<{ erasures: number; warnings: number }> {
    const { catalog, works, clock, erase } = this.parts;
    const at = clock.now();
    const due = await Retentions.due(catalog.em.fork(), at, erase.name);
    for (const { tenantId } of due) {
      const input = { tenantId, requestedBy: 'platform', reason: 'retention is over', earlyFor: null };
      await works.ask({ kind: erase, input, tenantId, key: tenantId });
    }
    let warnings = 0;
    for (const days of WARN_DAYS) warnings += await catalog.em.fork().transactional((em) => this.#warn(em, at, days));
    return { erasures: due.length, warnings };
  }

  async #warn(em: EntityManager, at: Date, days: number): Promise<number> {
    const soon = await Retentions.warn(em, at, days);
    for (const { tenantId, dueAt } of soon) {
      const input: AdminNotice = { tenantId, withinDays: days, dueAt: dueAt.toISOString() };
      await this.parts.works.enqueue(em, { kind: this.parts.tellAdmin, input, tenantId });
    }
    return soon.length;
  }
}
