import type { NoticeInbox } from '#catalog/billing/notice-inbox.js';
import type { WorkWish } from '#catalog/work/work-book.js';
import { AtOnce } from '#control/billing/at-once.js';
import type { BillingNotice } from '#control/billing/billing-facts.js';
import { BILLING_WORKS } from '#control/billing/billing-plans.js';
import type { BillingProvider } from '#control/billing/billing-provider.js';
import type { BillingAlert } from '#control/billing/billing-sync.js';
import type { SyncInput } from '#control/billing/billing-works.js';
import { causesSync } from '#control/billing/notice-types.js';
import type { Clock } from '#kernel/work/clock.js';

/** A flood of notices waits here, and not for a connection that requests need too. */
const AT_ONCE = { atOnce: 2, waiting: 2_000 };

export interface NoticeDeskParts {
  readonly provider: Pick<BillingProvider, 'readNotice'>;
  readonly inbox: NoticeInbox;
  readonly clock: Clock;
  /** Whether the platform's own key is one for real money; null when that cannot be told. */
  readonly isLive: boolean | null;
  readonly alert: BillingAlert;
}

/** Takes notices of the payment provider: each is kept once, with the wish to look at whom it concerns. What it says is not read. */
export class NoticeDesk {
  readonly #atOnce = new AtOnce(AT_ONCE);

  constructor(private readonly parts: NoticeDeskParts) {}

  /** Raises WebhookRefusedError and BillingBusyError; then nothing is kept. One that was taken before is taken again without effect. */
  async take(rawBody: Buffer, signature: string | undefined): Promise<void> {
    const { provider, inbox, clock, isLive, alert } = this.parts;
    const now = clock.now();
    const notice = provider.readNotice(rawBody, signature, now);
    if (isLive !== null && notice.isLive !== isLive) {
      // Of play money for real money, or the other way round: nothing of ours, and nothing to be sent again.
      alert('billing.other-mode', { event: notice.id, type: notice.type });
      return;
    }
    await this.#atOnce.run(() => inbox.take(notice, now, wishOf(notice)));
  }
}

function wishOf({ id, type, customerId, objectType, objectId }: BillingNotice): WorkWish | null {
  if (!causesSync(type) || (customerId === null && objectId === null)) return null;
  const input: SyncInput = customerId === null ? { noticeId: id, objectType, objectId } : { customerId };
  return { kind: BILLING_WORKS.sync, input, key: customerId ?? `notice:${id}` };
}
