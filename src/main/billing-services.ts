import type { Provider } from '@nestjs/common';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { Logger } from 'pino';
import type { PlatformAudit } from '#catalog/audit/platform-audit.js';
import { BillingAccounts } from '#catalog/billing/billing-accounts.js';
import { BillingBook } from '#catalog/billing/billing-book.js';
import { NoticeInbox } from '#catalog/billing/notice-inbox.js';
import { Subscriptions } from '#catalog/billing/subscriptions.js';
import { UsageWindows } from '#catalog/billing/usage-windows.js';
import { EntitlementOverrides } from '#catalog/entitlements/entitlement-overrides.js';
import { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import { WorkBook } from '#catalog/work/work-book.js';
import { BillingCustomers } from '#control/billing/billing-customers.js';
import type { BillingProvider } from '#control/billing/billing-provider.js';
import { type BillingAlert, BillingSync } from '#control/billing/billing-sync.js';
import { NoticeDesk } from '#control/billing/notice-desk.js';
import { PayDesk } from '#control/billing/pay-desk.js';
import { PayLinks } from '#control/billing/pay-links.js';
import { EntitlementDesk } from '#control/entitlements/entitlement-desk.js';
import type { PublicAddress } from '#kernel/resolution/public-address.js';
import type { SigningKeys } from '#kernel/signing/signing-keys.js';
import type { PlanCatalogue } from '#kernel/tenancy/plan-terms.js';
import type { Clock } from '#kernel/work/clock.js';
import type { Config } from '#main/config.js';

/** What billing takes in every process, beside the provider. */
export interface BillingServices {
  readonly accounts: BillingAccounts;
  readonly subscriptions: Subscriptions;
  readonly inbox: NoticeInbox;
  readonly windows: UsageWindows;
  readonly book: BillingBook;
  readonly sync: BillingSync;
  readonly customers: BillingCustomers;
  readonly notices: NoticeDesk;
  readonly payLinks: PayLinks;
  readonly payDesk: PayDesk;
  readonly entitlements: EntitlementDesk;
  readonly works: WorkBook;
  readonly alert: BillingAlert;
}

export interface BillingServicesParts {
  readonly config: Config;
  readonly log: Logger;
  readonly catalog: MikroORM;
  readonly works: WorkBook;
  readonly audit: PlatformAudit;
  readonly announce: (tenantId: string) => Promise<void>;
  readonly provider: BillingProvider;
  readonly plans: PlanCatalogue;
  readonly signing: SigningKeys;
  readonly address: PublicAddress;
  readonly clock: Clock;
}

export function openBillingServices(parts: BillingServicesParts): BillingServices {
  const { config, log, catalog, works, audit, announce, provider, plans, signing, address, clock } = parts;
  const alert: BillingAlert = (name, details) => log.warn({ alert: name, ...details }, 'billing needs somebody to look');
  const accounts = new BillingAccounts(catalog);
  const tenants = new TenantRegistry(catalog, announce);
  const book = new BillingBook({ catalog, works, audit, changed: announce });
  const inbox = new NoticeInbox(catalog, works);
  const payLinks = new PayLinks(signing, address, clock);
  return {
    ...{ accounts, book, inbox, payLinks, works, alert },
    subscriptions: new Subscriptions(catalog),
    windows: new UsageWindows(catalog),
    sync: new BillingSync({ book, provider, plans, clock, alert }),
    customers: new BillingCustomers(provider, accounts, tenants),
    notices: new NoticeDesk({ provider, inbox, clock, alert, isLive: isLiveKey(config.STRIPE_API_KEY) }),
    payDesk: new PayDesk(payLinks, accounts, tenants, provider, address),
    entitlements: new EntitlementDesk(tenants, new EntitlementOverrides(catalog, announce, audit), plans),
  };
}

/** Each known by its class. */
export function billingServiceProviders(services: BillingServices): (Provider & { provide: unknown })[] {
  return [
    { provide: BillingAccounts, useValue: services.accounts },
    { provide: Subscriptions, useValue: services.subscriptions },
    { provide: UsageWindows, useValue: services.windows },
    { provide: BillingSync, useValue: services.sync },
    { provide: BillingCustomers, useValue: services.customers },
    { provide: NoticeDesk, useValue: services.notices },
    { provide: PayDesk, useValue: services.payDesk },
    { provide: EntitlementDesk, useValue: services.entitlements },
    { provide: WorkBook, useValue: services.works },
  ];
}

/** By the provider's own prefixes; null when it has none of them. */
function isLiveKey(key: string): boolean | null {
  const [, mode] = /^[sr]k_(live|test)_/.exec(key) ?? [];
  return mode === undefined ? null : mode === 'live';
}
