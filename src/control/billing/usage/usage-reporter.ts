import type { BillingAccounts } from '#catalog/billing/billing-accounts.js';
import type { UsageReport, UsageWindow, UsageWindows } from '#catalog/billing/usage-windows.js';
import { type BillingProvider, BillingRefusedError } from '#control/billing/billing-provider.js';
import type { BillingAlert } from '#control/billing/billing-sync.js';
import { failureText } from '#kernel/jobs/job-failure.js';
import type { PlanCatalogue } from '#kernel/tenancy/plan-terms.js';
import type { TenantDirectory } from '#kernel/tenancy/tenant-directory.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { Clock } from '#kernel/work/clock.js';

const HOUR_MS = 3_600_000;
const AT_MOST = 5_000;

export interface UsageReporterParts {
  readonly windows: UsageWindows;
  readonly accounts: BillingAccounts;
  readonly directory: TenantDirectory;
  readonly provider: Pick<BillingProvider, 'reportUsage'>;
  readonly plans: PlanCatalogue;
  readonly clock: Clock;
  readonly alert: BillingAlert;
}

/** Tells the payment provider what was used beyond what plans include, each quantity under one name, so that it counts once however often it is told. */
export class UsageReporter {
  constructor(private readonly parts: UsageReporterParts) {}

  /** What cannot be told now stays set aside and is told the next time. */
  async report(signal?: AbortSignal): Promise<{ readonly told: number; readonly failed: number }> {
    const { windows } = this.parts;
    const hour = new Date(Math.floor(this.parts.clock.now().getTime() / HOUR_MS) * HOUR_MS);
    for (const window of await windows.untold()) {
      signal?.throwIfAborted();
      const tenant = await this.parts.directory.byId(window.tenantId);
      const billable = tenant ? this.#billable(tenant, window) : 0;
      if (billable > 0) await windows.setAside(window, billable, hour);
    }
    let [told, failed] = [0, 0];
    for (const each of await windows.toTell(AT_MOST)) {
      signal?.throwIfAborted();
      if (await this.#tell(each)) told += 1;
      else failed += 1;
    }
    return { told, failed };
  }

  /** How much of a window is to be paid beside the plan. */
  #billable(tenant: Tenant, { meter, used }: UsageWindow): number {
    const terms = this.parts.plans.entitlementsOf(tenant).meters[meter];
    return terms?.beyond === 'bill' && terms.included !== null ? Math.max(0, used - terms.included) : 0;
  }

  async #tell(report: UsageReport): Promise<boolean> {
    const { windows, accounts, directory, provider, clock, alert } = this.parts;
    const { tenantId, meter, quantity } = report;
    try {
      const [customerId, tenant] = [await accounts.of(tenantId), await directory.byId(tenantId)];
      if (customerId === null) return false;
      await provider.reportUsage({ meter, customerId, quantity, identifier: identifierOf(report), at: timeOf(report, tenant) });
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
function timeOf({ periodStart, hour }: UsageReport, tenant: Tenant | null): Date {
  const billedFrom = tenant?.billedFrom ? Date.parse(tenant.billedFrom) : null;
  if (billedFrom !== null && periodStart.getTime() < billedFrom) return new Date(Math.max(periodStart.getTime(), billedFrom - 1_000));
  return new Date(Math.max(periodStart.getTime(), hour.getTime()));
}
