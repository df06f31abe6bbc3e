import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pino } from 'pino';
import { Fence } from '#adapters/postgres/fence.js';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import { DueRetentions } from '#catalog/lifecycle/due-retentions.js';
import type { WorkReport } from '#catalog/work/work-report.js';
import { AdminMails } from '#control/lifecycle/admin-mails.js';
import { eraseWork } from '#control/lifecycle/erasure/erase-work.js';
import { LIFECYCLE_PLANS } from '#control/lifecycle/lifecycle-plans.js';
import { lifecycleWorks } from '#control/lifecycle/lifecycle-works.js';
import type { TenantLifecycle } from '#control/lifecycle/tenant-lifecycle.js';
import { clusterNamed } from '#control/provisioning/cluster.js';
import { WorkDriver } from '#control/work/work-driver.js';
import { WorkRunner } from '#control/work/work-runner.js';
import { Clock } from '#kernel/work/clock.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { type LifecycleParts, openLifecycle } from '#main/open-lifecycle.js';
import { openEraser } from '#main/open-eraser.js';
import { TestPlatform, type Tier } from '#testing/test-platform.js';
import type { KilledOrder } from '#testing/lifecycle/killed-process.js';
import type { Mail } from '#workspace/notifications/mail-sender.js';

const DAY_MS = 86_400_000;
/** Long ago, so that the days that pass here are over for nobody else on these servers. */
const DAY_ZERO = Date.UTC(2001, 0, 1);

/** The lives of tenants by a clock that the spec sets, and the works that follow from them, done when they are asked for. */
export class LifecycleStage {
  readonly clock = new Clock();
  readonly mails: Mail[] = [];
  readonly due: DueRetentions;
  readonly parts: LifecycleParts;
  readonly #driver: WorkDriver;

  private constructor(readonly tests: TestPlatform) {
    const { platform, provisioning } = tests;
    const { works, catalog, members } = platform;
    this.setDay(0);
    this.parts = openLifecycle(platform, this);
    const erase = eraseWork(openEraser(platform, { clusters: provisioning.clusters, clock: this.clock }));
    this.due = new DueRetentions({ catalog, works, clock: this.clock, erase, tellAdmin: LIFECYCLE_PLANS.tellAdmin });
    const sender = { send: async (mail: Mail) => void this.mails.push(mail) };
    const adminMails = new AdminMails({
      book: this.parts.lifecycleBook,
      registry: provisioning.tenants,
      sender,
      address: members.address,
    });
    const kinds = [erase, ...lifecycleWorks(this.lifecycle, this.due, adminMails)];
    const log = pino({ level: 'silent' });
    const runner = new WorkRunner({
      book: works,
      kinds,
      log,
      leaseMs: 20_000,
      handBack: new AbortController().signal,
      later: () => undefined,
    });
    this.#driver = new WorkDriver(works, runner);
  }

  static async open(): Promise<LifecycleStage> {
    return new LifecycleStage(await TestPlatform.open());
  }

  get lifecycle(): TenantLifecycle {
    return this.parts.lifecycle;
  }

  /** So many days after the first one, at its noon unless another hour is said. */
  setDay(day: number, hour = 12): void {
    this.clock.now = () => new Date(DAY_ZERO + day * DAY_MS + hour * 3_600_000);
  }

  pair(tier: Tier): Promise<{ acme: Tenant; globex: Tenant }> {
    return this.tests.pair(tier);
  }

  works(tenant: Tenant, kind: string): Promise<WorkReport[]> {
    return this.tests.platform.works.ofTenant(tenant.id, kind);
  }

  /** Sees every work of a kind that there is for a tenant to its end. */
  async drive(tenant: Tenant, kind: string): Promise<WorkReport[]> {
    const ended: WorkReport[] = [];
    for (const { id } of await this.works(tenant, kind)) ended.push(await this.#driver.drive(id));
    return ended;
  }

  /** Whether the database would let the tenant in, and whether it says what the catalog says. */
  async fence({ id, placement }: Tenant): Promise<{ isOpen: boolean; agrees: boolean }> {
    const { migratorUrl } = clusterNamed(placement.cluster, this.tests.provisioning.clusters);
    return withSession(atDatabase(migratorUrl, placement.database), async (migrator) => {
      const { rows } = await migrator.query<{ is_open: boolean }>('select is_open from tenancy.fence where tenant_id = $1', [id]);
      const stale = await new Fence(this.tests.platform.keys).stale(migrator, [await this.tests.provisioning.tenants.get(id)]);
      return { isOpen: rows[0]?.is_open ?? false, agrees: stale.length === 0 };
    });
  }

  /** Changes a tenant in another process, which is killed when the catalog has the change and before the fence has. */
  async killed(order: KilledOrder): Promise<NodeJS.Signals | null> {
    const program = join(process.cwd(), 'dist/src/testing/lifecycle/killed-process.js');
    const child = fork(program, [JSON.stringify(order)], { execArgv: [], env: process.env });
    const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return signal;
  }

  /** What is on record of a tenant, oldest first. */
  async record({ id }: Tenant): Promise<{ action: string; details: Record<string, unknown> }[]> {
    return this.tests.platform.catalog.em
      .fork()
      .execute(`select action, details from platform_audit_event where targets @> ?::jsonb order by seq`, [
        JSON.stringify([{ type: 'tenant', id }]),
      ]);
  }

  close(): Promise<void> {
    return this.tests.close();
  }
}
