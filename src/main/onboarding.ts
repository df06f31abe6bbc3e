import type { Provider } from '@nestjs/common';
import { HttpsNoticeSender } from '#adapters/webhook/https-notice-sender.js';
import { BillingAccounts } from '#catalog/billing/billing-accounts.js';
import { OnboardingBook } from '#catalog/onboarding/onboarding-book.js';
import { WarmPlaces } from '#catalog/onboarding/warm-places.js';
import { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import { NoticeSigner } from '#control/onboarding/notice-signer.js';
import { sendNotice } from '#control/onboarding/notice.js';
import { OnboardingDesk, type OnboardingRequest } from '#control/onboarding/onboarding-desk.js';
import { abandonedFilling, type Filling, importTenant } from '#control/onboarding/import-kind.js';
import { onboardTenant } from '#control/onboarding/onboarding-kind.js';
import { NotOnboardedError } from '#control/onboarding/onboarding.errors.js';
import { OnboardingStreams } from '#control/onboarding/onboarding-streams.js';
import { Onboardings } from '#control/onboarding/onboardings.js';
import { SignUpDoor } from '#control/onboarding/signup-door.js';
import { fillWarmPool, WARM_POOL_MINUTELY } from '#control/onboarding/warm-pool.js';
import { Placer } from '#control/provisioning/placer.js';
import type { OwnServers } from '#control/provisioning/own-servers.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { Config } from '#main/config.js';
import { openOwnServers } from '#main/open-own-servers.js';
import { openWorkDriver } from '#main/platform-engine.js';
import type { Platform } from '#main/platform.js';
import { openFoundations, type Provisioning } from '#main/provisioning.js';
import { tenantOfWork } from '#control/work/work-kind.js';
import type { PlatformWork } from '#main/work-kinds.js';

const SIGN_UP_WINDOW_SECONDS = 60;
/** How often somebody may look for each time that they may sign up. */
const LOOKS_PER_SIGN_UP = 20;

/** Where tenants are asked for, and what becomes of it is seen. */
export interface OnboardingDoors {
  readonly desk: OnboardingDesk;
  readonly onboardings: Onboardings;
}

/** Needs the catalog, and the key vault for servers that are brought: whoever takes a request makes nothing yet. */
export function openOnboardingDoors(platform: Platform): OnboardingDoors {
  const { catalog, announce, works, clusterBook, plans, platformAudit, members } = platform;
  const book = new OnboardingBook(catalog, new TenantRegistry(catalog, announce), works, new WarmPlaces(catalog));
  return {
    desk: new OnboardingDesk(book, works, new Placer(clusterBook, plans.terms), broughtServers(platform), members.clock),
    onboardings: new Onboardings(works, platformAudit, members.address),
  };
}

/** Each known by its class. */
export function onboardingProviders(platform: Platform): (Provider & { provide: unknown })[] {
  const { config, plans, limiter, members, signing, works, flags } = platform;
  const { desk, onboardings } = openOnboardingDoors(platform);
  const door = new SignUpDoor({
    ...{ desk, plans, limiter, flags, addresses: members.address },
    rates: {
      signup: { limit: config.SIGNUPS_PER_MINUTE, windowSeconds: SIGN_UP_WINDOW_SECONDS },
      'signup-look': { limit: config.SIGNUPS_PER_MINUTE * LOOKS_PER_SIGN_UP, windowSeconds: SIGN_UP_WINDOW_SECONDS },
    },
    ...{ notices: noticesOf(config), signer: new NoticeSigner(signing) },
  });
  return [
    { provide: SignUpDoor, useValue: door },
    { provide: Onboardings, useValue: onboardings },
    { provide: OnboardingStreams, useValue: new OnboardingStreams(works) },
  ];
}

/** What makes tenants, tells of it, and keeps places ready. */
export function onboardingWork(platform: Platform, provisioning: Provisioning, fill: Filling = abandonedFilling): PlatformWork {
  const { tenants, isolation, placer, places, clusterBook, found, ownServers } = provisioning;
  const { config, catalog, works, billing, plans, signing, members, objectStore } = platform;
  const parts = { tenants, works, isolation, billing, accounts: new BillingAccounts(catalog), plans, found, servers: ownServers };
  const goals = { schema: config.WARM_SCHEMAS, database: config.WARM_DATABASES };
  return {
    kinds: [
      onboardTenant(parts),
      importTenant({ ...parts, files: objectStore }, fill),
      sendNotice({
        ...{ sender: noticesOf(config), signer: new NoticeSigner(signing) },
        ...{ addresses: members.address, clock: members.clock },
      }),
      fillWarmPool({ pool: new WarmPlaces(catalog), clusters: clusterBook, placer, maker: places, goals }),
    ],
    schedules: config.WARM_SCHEMAS + config.WARM_DATABASES > 0 ? [WARM_POOL_MINUTELY] : [],
  };
}

/** Opened when the first is brought: few ever are. */
function broughtServers(platform: Platform): Pick<OwnServers, 'attach' | 'detach'> {
  let opened: OwnServers | undefined;
  const open = (): OwnServers => (opened ??= openOwnServers(platform, openFoundations(platform).clusterBootstrap));
  return { attach: (request) => open().attach(request), detach: (tenantId) => open().detach(tenantId) };
}

function noticesOf({ NODE_ENV }: Config): HttpsNoticeSender {
  return new HttpsNoticeSender({ isLocalAllowed: NODE_ENV !== 'production' });
}

/** Makes tenants of exports, in this process: what is in the export is here and nowhere else. */
export function importMaker(
  platform: Platform,
  provisioning: Provisioning,
): (request: OnboardingRequest, fill: Filling) => Promise<Tenant> {
  return async (request, fill) => {
    let raised: Error | undefined;
    const noted: Filling = (tenant) =>
      fill(tenant).catch((error: unknown) => {
        raised = error instanceof Error ? error : new Error(String(error));
        throw raised;
      });
    const id = await openOnboardingDoors(platform).desk.hold(request);
    const { kinds } = onboardingWork(platform, provisioning, noted);
    const report = await openWorkDriver(platform, kinds).own(id);
    const { state, error, steps } = report;
    if (state === 'done') return provisioning.tenants.get(tenantOfWork(report));
    throw raised ?? new NotOnboardedError(id, state, error ?? steps.find((step) => step.error !== null)?.error ?? '');
  };
}
