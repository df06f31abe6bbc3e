import { randomBytes } from 'node:crypto';
import { pino, type Logger } from 'pino';
import { atDatabase } from '#adapters/postgres/session.js';
import { openRedis } from '#adapters/redis/redis-client.js';
import { clusterNamed } from '#control/provisioning/cluster.js';
import type { JobHandlerClass } from '#kernel/jobs/job-handler.js';
import type { JobWish } from '#kernel/outbox/outbox.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { loadConfig } from '#main/config.js';
import { startJobEngine, type JobEngine, type JobEngineOptions } from '#main/job-engine.js';
import { openPlatform, type Platform } from '#main/platform.js';
import { Superuser } from '#testing/faults/superuser.js';
import { specHappened, specJobs, type SpecJobs, type SpecPayload } from '#testing/jobs/spec-jobs.js';
import { TestPlatform, type Tier } from '#testing/test-platform.js';

/** Patience of the specs, in milliseconds: as in production, in the same proportions, and shorter. */
export const HASTY = { leaseMs: 1_500, againAfterMs: 1_200, lockMs: 1_000, sweepMs: 300 };

/** A row of the outbox, as a superuser sees it. */
export interface SeenJob {
  readonly id: string;
  readonly seq: number;
  readonly name: string;
  readonly state: string;
  readonly attempt: number;
  readonly error: string | null;
  readonly payload: SpecPayload;
}

/** Where the jobs of a world lie in Redis. */
export function prefixOf(world: string): string {
  return `spec-${world}:`;
}

/** A platform with the jobs of the specs and a corner of Redis of its own, its tenants, and engines in this process. */
export class JobsWorld {
  readonly #engines: JobEngine[] = [];
  readonly #superusers = new Map<string, Promise<Superuser>>();

  private constructor(
    readonly tests: TestPlatform,
    readonly platform: Platform,
    readonly jobsOf: SpecJobs,
    /** What tells this world from others. */
    readonly name: string,
  ) {}

  static async open(settings: Record<string, string> = {}, log: Logger = pino({ level: 'silent' })): Promise<JobsWorld> {
    const name = randomBytes(6).toString('hex');
    const jobs = specJobs(name);
    const tests = await TestPlatform.open();
    const config = loadConfig({ ...process.env, CONNECTIONS_PER_TENANT: '16', ...settings });
    const platform = await openPlatform(config, log, { plugins: [jobs.plugin], jobsPrefix: prefixOf(name) });
    return new JobsWorld(tests, platform, jobs, name);
  }

  tenant(tier: Tier): Promise<Tenant> {
    return this.tests.tenant(tier);
  }

  /** Work of this process, until it is stopped or the world is closed. */
  engine(concurrency: number, options: Partial<JobEngineOptions> = {}, platform = this.platform): JobEngine {
    const { contexts } = platform;
    const handlers = new Map([this.jobsOf.ordered, this.jobsOf.free].map((kind) => [kind as JobHandlerClass, new kind(contexts)]));
    const engine = startJobEngine(platform, {
      ...HASTY,
      concurrency,
      handlerOf: (kind) => handlers.get(kind) as never,
      gate: { refusal: () => Promise.resolve(null) },
      ...options,
    });
    this.#engines.push(engine);
    return engine;
  }

  /** Commits one event for each payload, each in a transaction of its own, so many at once. */
  async publish(tenant: Tenant, payloads: readonly SpecPayload[], atOnce = 1): Promise<void> {
    const left = [...payloads].reverse();
    const one = async (): Promise<void> => {
      for (let next = left.pop(); next; next = left.pop()) {
        const payload = next;
        await this.as(tenant, () => this.platform.contexts.transaction(async () => this.platform.outbox.publish(specHappened, payload)));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, one));
  }

  /** Asks for jobs without an order, all in one transaction. */
  enqueue(tenant: Tenant, payloads: readonly SpecPayload[], wish: JobWish = {}): Promise<void> {
    const { contexts, outbox } = this.platform;
    return this.as(tenant, () =>
      contexts.transaction(async () => {
        for (const payload of payloads) outbox.enqueue(this.jobsOf.free, payload, wish);
      }),
    );
  }

  as<T>(tenant: Tenant, work: () => Promise<T>): Promise<T> {
    return TenantScope.run(tenant, work);
  }

  /** In the order of the commits. */
  async jobs(tenant: Tenant): Promise<SeenJob[]> {
    const rows = await this.sql(
      tenant,
      `select id, seq, name, state, attempt, error, payload from tenancy.outbox where tenant_id = $1 and name like 'spec.%' order by seq`,
    );
    return rows.map((row) => ({
      ...row,
      seq: Number(row['seq']),
      payload: JSON.parse(String(row['payload'])) as SpecPayload,
    })) as SeenJob[];
  }

  /** How many jobs of a tenant are in one of these states. */
  async count(tenant: Tenant, ...states: string[]): Promise<number> {
    const [row] = await this.sql(
      tenant,
      `select count(*)::int as count from tenancy.outbox where tenant_id = $1 and name like 'spec.%' and state = any($2)`,
      states,
    );
    return Number(row?.['count']);
  }

  /** Whether all of a tenant's jobs have ended. */
  async isIdle(tenant: Tenant): Promise<boolean> {
    return (await this.count(tenant, 'pending', 'queued', 'running')) === 0;
  }

  /** The numbers of the jobs that left their marks, in the order in which they did. */
  async marks(tenant: Tenant, kind: 'ordered' | 'free' = 'ordered'): Promise<number[]> {
    const name = `mark.${this.jobsOf[kind].job.name}`;
    const rows = await this.sql(tenant, 'select payload from tenancy.outbox where tenant_id = $1 and name = $2 order by seq', name);
    return rows.map(({ payload }) => (JSON.parse(String(payload)) as SpecPayload).n);
  }

  /** As a superuser where a tenant's rows are; $1 is the tenant. */
  async sql({ id, placement }: Tenant, text: string, ...values: unknown[]): Promise<Record<string, unknown>[]> {
    const key = `${placement.cluster}/${placement.database}`;
    const { provisionUrl } = clusterNamed(placement.cluster, this.tests.provisioning.clusters);
    if (!this.#superusers.has(key)) this.#superusers.set(key, Superuser.on(atDatabase(provisionUrl, placement.database)));
    return (await this.#superusers.get(key)!).run(text, [id, ...values]);
  }

  /** What FLUSHALL does, to the keys of this world only. */
  async flush(): Promise<void> {
    const redis = openRedis(this.platform.config.REDIS_URL, { name: 'spec', log: this.platform.log });
    if (redis.status !== 'ready') await new Promise((resolve) => redis.once('ready', resolve));
    const keys = await redis.keys(`${prefixOf(this.name)}*`);
    if (keys.length > 0) await redis.del(...keys);
    redis.disconnect();
  }

  async close(): Promise<void> {
    await Promise.all(this.#engines.splice(0).map((engine) => engine.stop(2_000)));
    await this.flush();
    await this.platform.close();
    for (const superuser of this.#superusers.values()) await (await superuser).close();
    await this.tests.close();
  }
}
