import { randomBytes } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { LightMyRequestResponse } from 'fastify';
import Stripe from 'stripe';
import { WorkRunner } from '#control/work/work-runner.js';
import type { WorkKind } from '#control/work/work-kind.js';
import { isLive, type SubscriptionFacts } from '#control/billing/billing-facts.js';
import type { SubscriptionRecord } from '#catalog/billing/subscription-record.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { createHttpApp } from '#main/http/http-app.js';
import { openPlatformWork } from '#main/work-kinds.js';
import { ownCatalog } from '#testing/billing/own-catalog.js';
import { TestMembers } from '#testing/members.js';
import { plansWithRate } from '#testing/plans-with-rate.js';
import { TestPlatform, type Tier } from '#testing/test-platform.js';
import { StripeStandIn } from '#tools/stand-ins/stripe/stripe-stand-in.js';

type Headers = Readonly<Record<string, string>>;

/** A tenant somebody pays for. */
export interface Billed {
  readonly tenant: Tenant;
  readonly customerId: string;
  readonly subscription: SubscriptionFacts;
}

const PUBLIC = { host: 'localhost' };

/** The whole of billing with a provider, a catalog and a corner of Redis of its own; its works are run when it is told to, and its clock can be moved. */
export class BillingStage {
  readonly people: TestMembers;
  readonly secret: string;
  #aheadMs = 0;
  #address = '';

  private constructor(
    readonly tests: TestPlatform,
    readonly app: NestFastifyApplication,
    readonly stripe: StripeStandIn,
    private readonly kinds: readonly WorkKind<never>[],
    secrets: readonly string[],
  ) {
    this.people = new TestMembers(tests);
    this.secret = secrets[0] ?? '';
    tests.platform.members.clock.now = () => new Date(Date.now() + this.#aheadMs);
  }

  static async open(settings: Record<string, string> = {}): Promise<BillingStage> {
    const apiKey = `sk_test_${randomBytes(12).toString('hex')}`;
    const secrets = [1, 2].map(() => `whsec_${randomBytes(16).toString('hex')}`);
    const stripe = await StripeStandIn.start({ port: 0, apiKey });
    const own = { STRIPE_API_KEY: apiKey, STRIPE_API_URL: stripe.url, STRIPE_WEBHOOK_SECRETS: secrets.join(',') };
    const tests = await TestPlatform.open(
      { ...own, ...(await ownCatalog()), ...settings },
      { jobsPrefix: `spec-${randomBytes(6).toString('hex')}:` },
    );
    const app = await createHttpApp({ ...tests.platform, plans: plansWithRate(tests.platform.plans) });
    const { kinds } = openPlatformWork(tests.platform, tests.provisioning);
    return new BillingStage(tests, app, stripe, kinds, secrets);
  }

  get platform(): TestPlatform['platform'] {
    return this.tests.platform;
  }

  get billing(): TestPlatform['platform']['billingServices'] {
    return this.tests.platform.billingServices;
  }

  /** The platform's clock; the provider has its own. */
  setAhead(milliseconds: number): void {
    this.#aheadMs = milliseconds;
  }

  /** A tenant with a customer and a subscription to the plan of its tier; with `plan`, to another. */
  async billed(tier: Tier = 'row', { plan, trialDays = 0 }: { plan?: string; trialDays?: number } = {}): Promise<Billed> {
    const tenant = await this.tests.tenant(tier);
    const customerId = await this.billing.customers.ensure(tenant.id);
    await this.control('POST', `customers/${customerId}/card`, { works: true });
    await this.#endSubscriptions(customerId);
    const subscription = await this.platform.billing.startSubscription({
      ...{ tenantId: tenant.id, customerId, priceKey: `${plan ?? tenant.plan}-monthly`, collection: 'charge' as const },
      ...(trialDays > 0 && { trialEnd: new Date(Date.now() + trialDays * 86_400_000) }),
    });
    await this.billing.sync.fetch(customerId);
    return { tenant: await this.fresh(tenant), customerId, subscription };
  }

  /** A tenant with a customer that has no subscription any more. */
  async unsubscribed(tier: Tier = 'row'): Promise<Tenant> {
    const tenant = await this.tests.tenant(tier);
    await this.#endSubscriptions(await this.billing.customers.ensure(tenant.id));
    return tenant;
  }

  /** What a sign-up began is over, so that what a spec asks for is all there is. */
  async #endSubscriptions(customerId: string): Promise<void> {
    for (const { id, status } of await this.platform.billing.subscriptionsOf(customerId))
      if (isLive(status)) await this.platform.billing.cancel({ subscriptionId: id, at: 'now' });
  }

  /** Turns one of the stand-in's switches, as another process would. */
  async control(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(`${this.stripe.url}/_control/${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
    if (!answer.ok) throw new Error(`${path}: ${String(answer.status)} ${await answer.text()}`);
    return answer.status === 204 ? null : answer.json();
  }

  /** Sends the provider's notices to the application, over the wire, from now on. */
  async listen(
    switches: object = {},
    shape: 'snapshot' | 'thin' | 'both' = 'snapshot',
    through: (address: string) => Promise<string> = (address) => Promise.resolve(address),
  ): Promise<void> {
    if (this.#address === '') {
      await this.app.listen(0, '127.0.0.1');
      this.#address = (await this.app.getUrl()).replace('[::1]', '127.0.0.1');
    }
    const endpoints = [{ url: `${await through(this.#address)}/webhooks/stripe`, secret: this.secret, host: 'localhost', shape }];
    await this.control('POST', 'webhooks', { endpoints, ...switches });
  }

  /** A notice as it would be sent, about a customer, with its signature. */
  notice(about: { id?: string; type?: string; customer?: string; at?: Date; secret?: string; livemode?: boolean }): {
    payload: string;
    headers: Record<string, string>;
  } {
    const {
      id = `evt_${randomBytes(8).toString('hex')}`,
      type = 'customer.subscription.updated',
      customer = 'cus_nobody',
      at = new Date(),
    } = about;
    const created = Math.floor(at.getTime() / 1_000);
    const object = { object: 'subscription', id: `sub_${randomBytes(6).toString('hex')}`, customer };
    const payload = JSON.stringify({ object: 'event', id, type, created, livemode: about.livemode ?? false, data: { object } });
    return { payload, headers: this.signed(payload, created, about.secret) };
  }

  signed(payload: string, timestamp = Math.floor(Date.now() / 1_000), secret = this.secret): Record<string, string> {
    const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
    return { ...PUBLIC, 'content-type': 'application/json', 'stripe-signature': signature };
  }

  send({ payload, headers }: { payload: string | Buffer; headers: Record<string, string> }): Promise<LightMyRequestResponse> {
    return this.app.inject({ method: 'POST', url: '/webhooks/stripe', headers, payload });
  }

  ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, headers: Headers, payload?: object): Promise<LightMyRequestResponse> {
    return this.app.inject({ method, url, headers, ...(payload && { payload }) });
  }

  operator(): Record<string, string> {
    return { host: 'admin.localhost', authorization: `Bearer ${this.platform.config.OPERATOR_TOKEN}` };
  }

  /** Runs every work that is due, and what they ask for, until there is none; what failed is due again at once. */
  async work(names?: readonly string[]): Promise<void> {
    const hasty = this.kinds.map((kind) => ({ ...kind, againAfterMs: () => 0 }));
    const runner = new WorkRunner({
      ...{ book: this.platform.works, kinds: hasty, log: this.platform.log, leaseMs: 20_000, handBack: new AbortController().signal },
      later: () => undefined,
    });
    for (;;) {
      const due = await this.platform.works.due(50);
      if (due.length === 0) return;
      for (const delivery of due) await runner.run(delivery);
      if (names) return;
    }
  }

  /** One work of a kind, to its end; what its first step gave. */
  async run(name: string, input: object = {}): Promise<unknown> {
    const kind = this.kinds.find((each) => each.name === name);
    if (!kind) throw new Error(`There is no kind ${name}.`);
    const id = await this.platform.works.ask({ kind, input });
    await this.work();
    const [row] = await this.rows<{ result: string | null }>(
      'select result::text from work_step where work_id = ? order by position limit 1',
      [id],
    );
    return row?.result ? (JSON.parse(row.result) as unknown) : null;
  }

  /** Rows of the catalog. */
  rows<Row>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return this.platform.catalog.em.fork().execute<Row[]>(sql, values);
  }

  record(tenant: Pick<Tenant, 'id'>): Promise<SubscriptionRecord | null> {
    return this.billing.subscriptions.of(tenant.id);
  }

  /** The tenant as the catalog has it now. */
  fresh(tenant: Pick<Tenant, 'id'>): Promise<Tenant> {
    return this.tests.provisioning.tenants.get(tenant.id);
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.tests.close();
    await this.stripe.stop();
  }
}
