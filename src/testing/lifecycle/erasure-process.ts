import { pino } from 'pino';
import { ErasureBook } from '#catalog/lifecycle/erasure-book.js';
import { Tombstones } from '#catalog/lifecycle/tombstones.js';
import { eraseTenant } from '#control/lifecycle/erasure/erase-tenant.work.js';
import { TenantEraser } from '#control/lifecycle/erasure/tenant-eraser.js';
import type { TenantStore } from '#control/lifecycle/tenant-store.js';
import { WorkDriver } from '#control/work/work-driver.js';
import { WorkRunner } from '#control/work/work-runner.js';
import { Clock } from '#kernel/work/clock.js';
import { loadConfig } from '#main/config.js';
import { tenantStores } from '#main/open-eraser.js';
import { openPlatform } from '#main/platform.js';
import { openProvisioning } from '#main/provisioning.js';
import { AuditSigner } from '#workspace/audit/audit-signer.js';

/** What the parent tells a process that works at an erasure: which work, what time it is, and where it dies. */
export interface ErasureOrderOfSpec {
  readonly workId: string;
  readonly now: string;
  readonly dieAt: string | null;
}

const order = JSON.parse(process.argv[2] ?? '') as ErasureOrderOfSpec;
const log = pino({ level: 'silent' });
const platform = await openPlatform(loadConfig(process.env), log);
const { clusterBook } = await openProvisioning(platform);

function passing(point: string): void {
  if (point !== order.dieAt) return;
  process.kill(process.pid, 'SIGKILL');
  // The signal is delivered when the process is next scheduled, which may be after the next line.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5_000);
}

/** Dies before and after it is emptied. */
function watched(store: TenantStore): TenantStore {
  return {
    name: store.name,
    search: (tenant) => store.search(tenant),
    erase: async (tenant) => {
      passing(`before ${store.name}`);
      await store.erase(tenant);
      passing(`after ${store.name}`);
    },
  };
}

class WatchedBook extends ErasureBook {
  override async begin(...args: Parameters<ErasureBook['begin']>): ReturnType<ErasureBook['begin']> {
    const doomed = await super.begin(...args);
    passing('after begin');
    return doomed;
  }

  override async finish(...args: Parameters<ErasureBook['finish']>): ReturnType<ErasureBook['finish']> {
    passing('before finish');
    const certificate = await super.finish(...args);
    passing('after finish');
    return certificate;
  }
}

const eraser = new TenantEraser({
  book: new WatchedBook(platform.catalog, platform.announce),
  tombstones: new Tombstones(platform.catalog),
  stores: tenantStores(platform, { clusterBook }).map(watched),
  signer: new AuditSigner(platform.signing),
  clock: Object.assign(new Clock(), { now: () => new Date(order.now) }),
});
const handBack = new AbortController();
const runner = new WorkRunner({
  ...{ book: platform.works, kinds: [eraseTenant(eraser)], log, leaseMs: 1_500 },
  ...{ handBack: handBack.signal, later: () => undefined },
});
const report = await new WorkDriver(platform.works, runner).drive(order.workId);
await platform.close();
process.exit(report.state === 'done' ? 0 : 1);
