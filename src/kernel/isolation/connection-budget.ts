import type { ReleaseSlot } from '#kernel/isolation/tenant-client.js';

/** How many connections all processes together may have on one server. */
export interface ConnectionBudget {
  /** Takes one place; raises ServerBudgetExhaustedError when there is none. The place of a process that died comes back by itself. */
  reserve(server: string): Promise<ReleaseSlot>;
}
