import type { UsageReport, UsageWindows } from '#catalog/billing/usage-windows.js';
import { type BillingProvider, BillingRefusedError } from '#control/billing/billing-provider.js';
import type { BillingAlert } from '#control/billing/billing-sync.js';
import { failureText } from '#kernel/jobs/job-failure.js';
import type { Clock } from '#kernel/work/clock.js';

const HOUR_MS = 3_600_000;
const AT_MOST = 5_000;

export interface UsageReporterParts {
  readonly windows: UsageWindows;
  readonly provider: Pick<BillingProvider, 'reportUsage'>;
  readonly clock: Clock;
  readonly alert: BillingAlert;
}

/**
 * Tells the payment provider what was used beyond what was included at the time, each quantity under one name, so that it counts once however
 * often it is told.
 */
export class UsageReporter {
  constructor(private readonly parts: UsageReporterParts) {}

  /** What cannot be told now stays set aside and is told the next time. */
  async report(signal?: AbortSignal): Promise<{ readonly told: number; readonly failed: number }> {
    const { windows, clock } = this.parts;
    await windows.setAside(new Date(Math.floor(clock.now().getTime() / HOUR_MS) * HOUR_MS));
    let [told, failed] = [0, 0];
    for (const each of await windows.toTell(AT_MOST)) {
      signal?.throwIfAborted();
      if (await this.#tell(each)) told += 1;
      else failed += 1;
    }
    return { told, failed };
  }

  async #tell(report: UsageReport): Promise<boolean> {
    const { windows, provider, clock, alert } = this.parts;
    const { tenantId, meter, quantity, customerId } = report;
    try {
      await provider.reportUsage({ meter, customerId, quantity, identifier: identifierOf(report), at: timeOf(report) });
      await windows.told(report, clock.now());
      return true;
    } catch (error) {
      alert('billing.usage-not-told', { tenantId, meter, quantity, reason: failureText(error) });
      // Asking again would change nothing; it is told to whoever reads alerts, and kept.
      if (error instanceof BillingRefusedError) await windows.told(report, clock.now());
      return false;
    }
  }
}

function identifierOf({ tenantId, meter, periodStart, hour }: UsageReport): string {
  const seconds = (at: Date): string => String(Math.floor(at.getTime() / 1_000));
  return `${tenantId}:${meter}:${seconds(periodStart)}:${seconds(hour)}`.slice(0, 100);
}

/** An instant of the period in which it was used, so that it is on the bill of that one. */
function timeOf({ periodStart, hour, billedFrom }: UsageReport): Date {
  if (billedFrom !== null && periodStart < billedFrom) return new Date(Math.max(periodStart.getTime(), billedFrom.getTime() - 1_000));
  return new Date(Math.max(periodStart.getTime(), hour.getTime()));
}
