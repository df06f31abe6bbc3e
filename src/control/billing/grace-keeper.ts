import type { NoticeInbox } from '#catalog/billing/notice-inbox.js';
import type { UsageWindows } from '#catalog/billing/usage-windows.js';
import type { Subscriptions } from '#catalog/billing/subscriptions.js';
import type { PlatformAudit } from '#catalog/audit/platform-audit.js';
import type { WorkBook } from '#catalog/work/work-book.js';
import type { BillingFollower } from '#control/billing/billing-follower.js';
import { BILLING_WORKS } from '#control/billing/billing-plans.js';
import type { BillingAlert, BillingSync } from '#control/billing/billing-sync.js';
import { failureText } from '#kernel/jobs/job-failure.js';
import type { Clock } from '#kernel/work/clock.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** A notice that is still open after this long was lost on its way, or its customer was not known. */
const LOST_AFTER_MS = 2 * MINUTE_MS;
const MATCH_AT_MOST = 500;
/** Notices are known for this long, for the provider repeats them for days; and so is what was told to it. */
const KEPT_DAYS = 90;

export interface GraceKeeperParts {
  readonly subscriptions: Subscriptions;
  readonly inbox: NoticeInbox;
  readonly windows: UsageWindows;
  readonly works: WorkBook;
  readonly audit: PlatformAudit;
  readonly sync: BillingSync;
  readonly follower: BillingFollower;
  readonly clock: Clock;
  readonly alert: BillingAlert;
}

/** Does what time brings: graces that are over, and notices that nobody could do anything about. */
export class GraceKeeper {
  constructor(private readonly parts: GraceKeeperParts) {}

  /** Every tenant for which time matters; one that cannot be seen to now is seen to the next time. */
  async settle(signal?: AbortSignal): Promise<{ readonly settled: number; readonly failed: number }> {
    const { subscriptions, sync, follower, alert } = this.parts;
    let [settled, failed] = [0, 0];
    for (const { customerId } of await subscriptions.waiting()) {
      signal?.throwIfAborted();
      try {
        await sync.settle(customerId);
        await follower.follow(customerId);
        settled += 1;
      } catch (error) {
        alert('billing.not-settled', { customerId, reason: failureText(error) });
        failed += 1;
      }
    }
    return { settled, failed };
  }

  /** Notices whose customer was not known, or whose work was lost, are tried again for a day; then somebody is told, once. */
  async match(): Promise<{ readonly tried: number; readonly overdue: number }> {
    const { inbox, works, clock, audit, alert } = this.parts;
    const now = clock.now().getTime();
    const customers = await inbox.open(new Date(now - DAY_MS), new Date(now - LOST_AFTER_MS), MATCH_AT_MOST);
    for (const customerId of customers) await works.ask({ kind: BILLING_WORKS.sync, input: { customerId }, key: customerId });
    const overdue = await inbox.overdue(new Date(now - DAY_MS), MATCH_AT_MOST);
    for (const { id, type, customerId } of overdue) {
      alert('billing.unmatched', { event: id, type, customerId });
      await audit.recordAlone({
        action: 'billing.unmatched',
        targets: customerId === null ? [] : [{ type: 'customer', id: customerId }],
        details: { event: id, type },
      });
      await inbox.markTold(id);
    }
    return { tried: customers.length, overdue: overdue.length };
  }

  /** Forgets notices, whatever became of them, and usage that was told, when they are long ago. */
  async trim(): Promise<{ readonly forgotten: number }> {
    const before = new Date(this.parts.clock.now().getTime() - KEPT_DAYS * DAY_MS);
    await this.parts.windows.trim(before);
    return { forgotten: await this.parts.inbox.trim(before) };
  }
}
