import { Readable } from 'node:stream';
import { atDatabase } from '#adapters/postgres/session.js';
import { openRedis, isRedisReady } from '#adapters/redis/redis-client.js';
import { ErasureBook } from '#catalog/lifecycle/erasure-book.js';
import { Tombstones } from '#catalog/lifecycle/tombstones.js';
import type { BillingProvider } from '#control/billing/billing-provider.js';
import { TenantEraser, type ErasureOrder } from '#control/lifecycle/erasure/tenant-eraser.js';
import type { StoreFinding, TenantStore } from '#control/lifecycle/tenant-store.js';
import { Clock } from '#kernel/work/clock.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { tenantStores } from '#main/open-eraser.js';
import { Ticket } from '#plugins/tickets/ticket.entity.js';
import { Superuser } from '#testing/faults/superuser.js';
import { TestPlatform, type Tier } from '#testing/test-platform.js';
import { AuditSigner } from '#workspace/audit/audit-signer.js';

const DAY_MS = 86_400_000;
export const CANCELLED_AT = new Date('2031-01-01T00:00:00.000Z');

/** Customers as a billing provider would have them. */
export class BillingBook {
  readonly customers: { id: string; tenantId: string | null; createdAt: Date; deleted: boolean }[] = [];

  async *allCustomers(): AsyncIterable<(typeof this.customers)[number]> {
    yield* this.customers;
  }

  async deleteCustomer(id: string): Promise<void> {
    for (const customer of this.customers) if (customer.id === id) customer.deleted = true;
  }
}

interface StageOptions {
  readonly isBillingReal?: boolean;
  readonly settings?: Record<string, string>;
}

/** A platform whose tenants are erased, by a clock that the spec sets, and whoever can look past every login. */
export class ErasureStage {
  readonly clock = new Clock();
  readonly billing = new BillingBook();
  readonly stores: TenantStore[];
  readonly book: ErasureBook;
  readonly tombstones: Tombstones;
  readonly signer: AuditSigner;

  private constructor(
    readonly tests: TestPlatform,
    private readonly isBillingReal: boolean,
  ) {
    const { platform, provisioning } = tests;
    const billing = isBillingReal ? platform.billing : (this.billing as unknown as BillingProvider);
    this.stores = tenantStores({ ...platform, billing }, { clusterBook: provisioning.clusterBook });
    this.book = new ErasureBook(platform.catalog, platform.announce);
    this.tombstones = new Tombstones(platform.catalog);
    this.signer = new AuditSigner(platform.signing);
    this.setDay(90);
  }

  /** With the stand-in of the billing provider, or a book of customers in this process; on the servers of the test run, or those that are given. */
  static async open({ isBillingReal = false, settings }: StageOptions = {}): Promise<ErasureStage> {
    return new ErasureStage(await TestPlatform.open(settings), isBillingReal);
  }

  /** So many days after the cancellation, and a second more. */
  setDay(day: number): void {
    this.clock.now = () => new Date(CANCELLED_AT.getTime() + day * DAY_MS + 1_000);
  }

  eraser(stores: readonly TenantStore[] = this.stores): TenantEraser {
    const { book, tombstones, signer, clock } = this;
    return new TenantEraser({ book, tombstones, stores, signer, clock });
  }

  order(tenant: Tenant, early = false): ErasureOrder {
    return { tenantId: tenant.id, requestedBy: 'Ada', reason: 'the contract is over', earlyFor: early ? CANCELLED_AT.toISOString() : null };
  }

  /** Rows, a file, a key, a customer and what a request leaves in Redis. */
  async fill(tenant: Tenant): Promise<void> {
    const { platform, provisioning } = this.tests;
    await this.tests.as(tenant, async () => {
      await platform.contexts.transaction(async ({ em }) => void em.create(Ticket, { ...TICKET, tenantId: tenant.id }));
      const bytes = Buffer.from(`of ${tenant.slug}`);
      await platform.objects.put([tenant.id, tenant.id], Readable.from([bytes]), { size: bytes.length, contentType: 'text/plain' });
    });
    await provisioning.apiKeys.issue(tenant.id, 'a key');
    await provisioning.domains.claim(tenant.id, `${tenant.slug}.example.test`);
    await platform.directory.bySlug(tenant.slug);
    await platform.lockout.failed({ tenantId: tenant.id, account: 'ada@example.test', peer: '192.0.2.1' });
    if (this.isBillingReal) await platform.billing.ensureCustomer({ tenantId: tenant.id, name: tenant.name, email: 'a@example.test' });
    else this.billing.customers.push({ id: `cus_${tenant.slug}`, tenantId: tenant.id, createdAt: new Date(), deleted: false });
  }

  /** As its owner or an operator would, ninety days ago by the spec's clock. */
  async cancel(tenant: Tenant): Promise<void> {
    await this.tests.provisioning.provisioner.setStatus(tenant.id, 'cancelled');
    await this.retain(tenant);
  }

  async retain(tenant: Tenant): Promise<void> {
    const dueAt = new Date(CANCELLED_AT.getTime() + 90 * DAY_MS).toISOString();
    await this.catalog('insert into tenant_retention (tenant_id, cancelled_at, due_at) values (?, ?, ?)', [
      ...[tenant.id, CANCELLED_AT.toISOString(), dueAt],
    ]);
  }

  /** A customer that nobody else knows, and a notice about it. */
  async notice(tenantId: string): Promise<void> {
    await this.catalog(
      'insert into billing_customer (tenant_id, customer_id) values (?, ?) on conflict (tenant_id) do update set customer_id = excluded.customer_id',
      [...[tenantId, `cus_${tenantId}`]],
    );
    await this.catalog(
      `insert into stripe_event (id, type, created_at, customer_id, received_at, state) values (?, 'customer.updated', now(), ?, now(), 'processed')`,
      [`evt_${tenantId}`, `cus_${tenantId}`],
    );
  }

  hold(tenant: Tenant): Promise<unknown> {
    return this.catalog(`insert into tenant_legal_hold (tenant_id, reason, since, by) values (?, 'a trial', now(), 'Ada')`, [tenant.id]);
  }

  /** Two full tenants of one tier, the first of them cancelled. */
  async pair(tier: Tier): Promise<{ acme: Tenant; globex: Tenant }> {
    const pair = await this.tests.pair(tier);
    await Promise.all([this.fill(pair.acme), this.fill(pair.globex)]);
    await this.cancel(pair.acme);
    return pair;
  }

  catalog(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    return this.tests.platform.catalog.em.fork().execute<Record<string, unknown>[]>(text, values);
  }

  /** What every store has of a tenant, by store. */
  async findings(tenant: Tenant): Promise<Record<string, StoreFinding[]>> {
    const found: Record<string, StoreFinding[]> = {};
    for (const store of this.stores) found[store.name] = [...(await store.search(tenant))];
    return found;
  }

  /** Past every login, in a database of a cluster. */
  async asSuperuser<T>(cluster: string, database: string | null, work: (superuser: Superuser) => Promise<T>): Promise<T> {
    const found = this.tests.provisioning.clusters.find(({ name }) => name === cluster);
    const superuser = await Superuser.on(
      atDatabase(String(found?.provisionUrl), database ?? new URL(String(found?.appUrl)).pathname.slice(1)),
    );
    try {
      return await work(superuser);
    } finally {
      await superuser.close();
    }
  }

  async redis<T>(url: string, work: (redis: ReturnType<typeof openRedis>) => Promise<T>): Promise<T> {
    const redis = openRedis(url, { name: 'spec', log: this.tests.platform.log });
    await isRedisReady(redis, 5_000);
    try {
      return await work(redis);
    } finally {
      redis.disconnect();
    }
  }

  close(): Promise<void> {
    return this.tests.close();
  }
}

const TICKET = {
  ...{ title: 'Printer on fire', description: '', status: 'open' as const, priority: 'normal' as const },
  ...{ assigneeId: null, labels: [], dueAt: null, version: 1 },
};
