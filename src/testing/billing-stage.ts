import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { StripeBilling } from '#adapters/stripe/stripe-billing.js';
import { Clock } from '#kernel/work/clock.js';
import { StripeStandIn, type StripeStandInOptions } from '#tools/stand-ins/stripe/stripe-stand-in.js';
import { StripeSwitches } from '#tools/stand-ins/stripe/stripe-switches.js';
import type { WebhookEndpoint } from '#tools/stand-ins/stripe/webhook-switches.js';

const API_KEY = 'sk_test_of-these-specs';

/** A notice as it came to the endpoint of a spec. */
export interface ReceivedNotice {
  readonly body: Buffer;
  readonly signature: string | undefined;
}

/** Time as a spec sets it; it stands still. */
export class SetClock extends Clock {
  constructor(public at = new Date()) {
    super();
  }

  override now(): Date {
    return this.at;
  }
}

/** A stand-in for Stripe of a spec's own, the product's client of it, and the vendor's. */
export class BillingStage {
  readonly #servers: Server[] = [];
  readonly clock = new SetClock();
  readonly switches: StripeSwitches;
  readonly billing: StripeBilling;
  /** Asks without repeating. */
  readonly vendor: Stripe;

  private constructor(readonly standIn: StripeStandIn) {
    const url = new URL(standIn.url);
    this.switches = new StripeSwitches(standIn.url);
    this.billing = this.open();
    this.vendor = new Stripe(API_KEY, { host: url.hostname, port: url.port, protocol: 'http', maxNetworkRetries: 0, telemetry: false });
  }

  static async open(options: Partial<StripeStandInOptions> = {}): Promise<BillingStage> {
    return new BillingStage(await StripeStandIn.start({ port: 0, apiKey: API_KEY, ...options }));
  }

  /** Another client of the same account, with settings of its own. */
  open(settings: { timeoutMs?: number; webhookSecrets?: readonly string[]; clock?: Clock; apiKey?: string } = {}): StripeBilling {
    return new StripeBilling({
      apiKey: API_KEY,
      apiUrl: this.standIn.url,
      webhookSecrets: ['whsec_of-these-specs'],
      clock: this.clock,
      ...settings,
    });
  }

  /** A new tenant with a customer; its card works, does not, or is not there. */
  async customer(card?: 'works' | 'fails'): Promise<{ tenantId: string; customerId: string }> {
    const tenantId = randomUUID();
    const { id } = await this.billing.ensureCustomer({ tenantId, name: tenantId, email: `${tenantId}@example.test` });
    if (card) await this.switches.card(id, card === 'works');
    return { tenantId, customerId: id };
  }

  /** An endpoint for notices that answers what `answer` says for each, 200 unless told otherwise. */
  async endpoint(
    shape: WebhookEndpoint['shape'],
    answer: (place: number) => number = () => 200,
  ): Promise<{ received: ReceivedNotice[]; endpoint: WebhookEndpoint; secret: string }> {
    const received: ReceivedNotice[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        received.push({ body: Buffer.concat(chunks), signature: request.headers['stripe-signature'] as string | undefined });
        response.writeHead(answer(received.length)).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#servers.push(server);
    const secret = `whsec_${randomUUID()}`;
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/stripe`;
    return { received, secret, endpoint: { url, secret, shape } };
  }

  async close(): Promise<void> {
    this.billing.close();
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
    await this.standIn.stop();
  }
}
