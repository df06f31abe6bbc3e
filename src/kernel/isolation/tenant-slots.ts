import type { Deadline } from '#kernel/isolation/deadline.js';
import { TenantBusyError } from '#kernel/tenancy/tenant.errors.js';

/** How many connections one tenant may hold at once in this process, and how many more of its statements may wait. */
export interface TenantSlotLimits {
  readonly concurrent: number;
  readonly waiting: number;
}

interface Slots {
  held: number;
  readonly queue: (() => void)[];
}

/** Keeps one tenant from taking a shared pool: first come, first served within a tenant, and never more than its share. */
export class TenantSlots {
  readonly #tenants = new Map<string, Slots>();

  constructor(private readonly limits: TenantSlotLimits) {}

  /** Waits for a slot; raises TenantBusyError when too many wait already or time is up. The slot is given back by `release`. */
  async acquire(tenantId: string, deadline: Deadline): Promise<void> {
    const slots = this.#tenants.get(tenantId) ?? { held: 0, queue: [] };
    this.#tenants.set(tenantId, slots);
    if (slots.held < this.limits.concurrent) {
      slots.held += 1;
      return;
    }
    if (slots.queue.length >= this.limits.waiting) throw new TenantBusyError();
    await new Promise<void>((resolve, reject) => {
      const turn = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        slots.queue.splice(slots.queue.indexOf(turn), 1);
        reject(new TenantBusyError());
      }, deadline.left);
      slots.queue.push(turn);
    });
  }

  release(tenantId: string): void {
    const slots = this.#tenants.get(tenantId);
    if (!slots) return;
    const next = slots.queue.shift();
    if (next) next();
    else if (--slots.held === 0) this.#tenants.delete(tenantId);
  }
}
