import { pino } from 'pino';
import { LIFECYCLE_PLANS } from '#control/lifecycle/lifecycle-plans.js';
import { LifecycleBook } from '#catalog/lifecycle/lifecycle-book.js';
import { TenantLifecycle } from '#control/lifecycle/tenant-lifecycle.js';
import { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import { loadConfig } from '#main/config.js';
import { openPlatform } from '#main/platform.js';

/** What the parent tells a process that is killed between the catalog and the fence. */
export interface KilledOrder {
  readonly verb: 'suspend' | 'reinstate' | 'cancel';
  readonly tenantId: string;
}

const { verb, tenantId } = JSON.parse(process.argv[2] ?? '') as KilledOrder;
const platform = await openPlatform(loadConfig(process.env), pino({ level: 'silent' }));
const { catalog, announce, works, accessChanges: access, doorbell, members } = platform;
const registry = new TenantRegistry(catalog, announce);
const book = new LifecycleBook({ catalog, registry, works, clock: members.clock, plans: LIFECYCLE_PLANS, retentionDays: 90 });
const fences = {
  fence: async (): Promise<void> => {
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => undefined);
  },
};
await new TenantLifecycle({ book, registry, fences, announce, access, doorbell })[verb](tenantId, { cause: 'operator', reason: 'killed' });
