import type { NoticeInbox } from '#catalog/billing/notice-inbox.js';
import type { Subscriptions } from '#catalog/billing/subscriptions.js';
import type { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import type { BillingFollower } from '#control/billing/billing-follower.js';
import { BILLING_WORKS } from '#control/billing/billing-plans.js';
import type { BillingProvider } from '#control/billing/billing-provider.js';
import type { BillingReconciler } from '#control/billing/billing-reconciler.js';
import type { BillingReturn } from '#control/billing/billing-return.js';
import type { BillingSync } from '#control/billing/billing-sync.js';
import type { GraceKeeper } from '#control/billing/grace-keeper.js';
import { owingMail } from '#control/billing/owing-mail.js';
import type { OwingNotice } from '#control/billing/owing-notices.js';
import type { PayLinks } from '#control/billing/pay-links.js';
import type { UsageReporter } from '#control/billing/usage/usage-reporter.js';
import type { PlatformSchedule } from '#control/work/platform-schedule.js';
import type { WorkKind } from '#control/work/work-kind.js';
import { TenantUnknownError } from '#kernel/tenancy/tenant.errors.js';
import type { Clock } from '#kernel/work/clock.js';
import { type MailSender, MailRefusedError } from '#workspace/notifications/mail-sender.js';

const MINUTE_MS = 60_000;

export interface BillingWorksParts {
  readonly provider: BillingProvider;
  readonly inbox: NoticeInbox;
  readonly subscriptions: Subscriptions;
  readonly tenants: Pick<TenantRegistry, 'factsOf'>;
  readonly sync: BillingSync;
  readonly follower: BillingFollower;
  readonly returns: BillingReturn;
  readonly reconciler: BillingReconciler;
  readonly grace: GraceKeeper;
  readonly usage: UsageReporter;
  readonly payLinks: PayLinks;
  readonly mail: MailSender;
  readonly clock: Clock;
}

/** Whose subscription is to be looked at: a customer, or whoever is behind what a notice named. */
export interface SyncInput {
  readonly customerId?: string;
  readonly noticeId?: string;
  readonly objectType?: string | null;
  readonly objectId?: string | null;
}

interface TellInput {
  readonly tenantId: string;
  readonly notice: OwingNotice;
}

/** What the platform does about money, as works. */
export function billingWorks(parts: BillingWorksParts): WorkKind<never>[] {
  const { reconciler, grace, usage } = parts;
  return [
    syncCustomer(parts),
    tellAdmin(parts),
    goOn(parts),
    {
      ...BILLING_WORKS.progress,
      timeoutMs: 9 * MINUTE_MS,
      steps: [
        { name: 'settle', run: (_input, { signal }) => grace.settle(signal) },
        { name: 'match', run: () => grace.match() },
      ],
    },
    {
      ...BILLING_WORKS.reconcile,
      timeoutMs: 60 * MINUTE_MS,
      steps: [
        { name: 'compare', run: (_input, { signal }) => reconciler.reconcile(signal) },
        { name: 'trim', run: () => grace.trim() },
      ],
    },
    { ...BILLING_WORKS.usage, timeoutMs: 30 * MINUTE_MS, steps: [{ name: 'report', run: (_input, { signal }) => usage.report(signal) }] },
  ] satisfies WorkKind[];
}

export const BILLING_SCHEDULES: readonly PlatformSchedule[] = [
  { name: 'billing.progress-grace', kind: BILLING_WORKS.progress, every: { milliseconds: 10 * MINUTE_MS } },
  { name: 'billing.reconcile-nightly', kind: BILLING_WORKS.reconcile, every: { dayAt: { hour: 1, minute: 20 } } },
  { name: 'billing.report-usage-hourly', kind: BILLING_WORKS.usage, every: { milliseconds: 60 * MINUTE_MS } },
];

function syncCustomer({ provider, inbox, sync, follower, clock }: BillingWorksParts): WorkKind {
  const customerOf = (done: Readonly<Record<string, object | undefined>>): string | null =>
    (done['find'] as { customerId: string | null } | undefined)?.customerId ?? null;
  return {
    ...BILLING_WORKS.sync,
    attempts: 12,
    timeoutMs: 30_000,
    steps: [
      {
        name: 'find',
        run: async ({ customerId, noticeId, objectType = null, objectId = null }: SyncInput) => {
          if (customerId !== undefined) return { customerId };
          const found = await provider.customerBehind({ objectType, objectId });
          if (noticeId !== undefined) await inbox.assign(noticeId, found, clock.now());
          return { customerId: found };
        },
      },
      {
        name: 'fetch',
        run: async (_input, { done }) => {
          const customerId = customerOf(done);
          return { outcome: customerId === null ? 'nobody' : await sync.fetch(customerId) };
        },
      },
      {
        name: 'follow',
        run: async (_input, { done }) => {
          const customerId = customerOf(done);
          if (customerId !== null) await follower.follow(customerId);
        },
      },
    ],
  };
}

function goOn({ returns, sync }: Pick<BillingWorksParts, 'returns' | 'sync'>): WorkKind<{ customerId: string }> {
  return {
    ...BILLING_WORKS.goOn,
    steps: [
      { name: 'withdraw', run: ({ customerId }) => returns.goOn(customerId) },
      { name: 'fetch', run: async ({ customerId }) => ({ outcome: await sync.fetch(customerId) }) },
    ],
  };
}

function tellAdmin({ tenants, subscriptions, payLinks, mail }: BillingWorksParts): WorkKind<TellInput> {
  return {
    ...BILLING_WORKS.tell,
    attempts: 20,
    steps: [
      {
        name: 'send',
        run: async ({ tenantId, notice }, { id }) => {
          const record = await subscriptions.of(tenantId);
          // Paid meanwhile, or something graver is on its way.
          if (record?.told !== notice) return { outcome: 'outdated' };
          try {
            const { name, adminEmail } = await tenants.factsOf(tenantId);
            await mail.send(owingMail({ notice, tenantName: name, to: adminEmail, payUrl: payLinks.linkFor(tenantId), id }));
            return { outcome: 'sent' };
          } catch (error) {
            if (error instanceof TenantUnknownError) return { outcome: 'gone' };
            if (error instanceof MailRefusedError) return { outcome: 'refused' };
            throw error;
          }
        },
      },
    ],
  };
}
