import { randomInt } from 'node:crypto';
import { request as plainly } from 'node:http';
import { request as overTls } from 'node:https';
import Stripe from 'stripe';
import type { Happening } from './ledger.js';
import { snapshotOf, thinOf } from './routes/events.js';
import type { WebhookEndpoint, WebhookSwitches } from './webhook-switches.js';

const ANSWER_WITHIN_MS = 10_000;

interface Notice {
  readonly payload: string;
  readonly tries: number;
}

/** What became of the notices since the start. */
export interface Delivered {
  readonly waiting: number;
  readonly underWay: number;
  readonly delivered: number;
  readonly refused: number;
  readonly dropped: number;
  readonly givenUp: number;
}

/** Sends what happened to the endpoints, signed as Stripe signs; a notice that is not answered with 2xx is sent again, later than those behind it. */
export class WebhookSender {
  private endpoints: Lane[] = [];
  private switches: Required<Omit<WebhookSwitches, 'endpoints'>> = {
    duplicate: 1,
    shuffle: false,
    delayMs: 0,
    drop: 0,
    hold: false,
    parallel: 1,
    retryMs: 1_000,
    tries: 8,
  };
  private readonly counts = { delivered: 0, refused: 0, dropped: 0, givenUp: 0 };
  private readonly timers = new Set<NodeJS.Timeout>();
  private onceMore = 0;
  private isStopped = false;

  set({ endpoints, ...rest }: WebhookSwitches): void {
    this.switches = { ...this.switches, ...rest };
    if (endpoints) this.endpoints = endpoints.map((endpoint) => ({ endpoint, waiting: [], underWay: 0 }));
    for (const lane of this.endpoints) this.pump(lane);
  }

  /** The next notice is sent this often. */
  duplicateNext(times: number): void {
    this.onceMore = times;
  }

  state(): Delivered & { readonly endpoints: readonly { readonly url: string; readonly shape: string }[] } {
    const [waiting, underWay] = [this.sum((lane) => lane.waiting.length), this.sum((lane) => lane.underWay)];
    return {
      endpoints: this.endpoints.map(({ endpoint: { url, shape } }) => ({ url, shape })),
      waiting: waiting + this.timers.size,
      underWay,
      ...this.counts,
    };
  }

  /** Lines a happening up for every endpoint. */
  send(happening: Happening): void {
    const times = this.onceMore > 0 ? this.onceMore : this.switches.duplicate;
    this.onceMore = 0;
    for (const lane of this.endpoints) {
      const { shape } = lane.endpoint;
      const payloads = [...(shape === 'thin' ? [] : [snapshotOf(happening)]), ...(shape === 'snapshot' ? [] : [thinOf(happening)])];
      for (const payload of payloads) {
        if (Math.random() < this.switches.drop) {
          this.counts.dropped += 1;
          continue;
        }
        for (let each = 0; each < times; each += 1)
          this.enqueue(lane, { payload: JSON.stringify(payload, null, 2), tries: 0 }, this.switches.delayMs);
      }
    }
  }

  stop(): void {
    this.isStopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  private enqueue(lane: Lane, notice: Notice, afterMs: number): void {
    if (this.isStopped) return;
    if (afterMs === 0) {
      lane.waiting.push(notice);
      this.pump(lane);
      return;
    }
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.enqueue(lane, notice, 0);
    }, afterMs);
    this.timers.add(timer);
  }

  private pump(lane: Lane): void {
    while (!this.isStopped && !this.switches.hold && lane.underWay < this.switches.parallel && lane.waiting.length > 0) {
      const place = this.switches.shuffle ? randomInt(lane.waiting.length) : 0;
      const [notice] = lane.waiting.splice(place, 1);
      if (notice) void this.deliver(lane, notice);
    }
  }

  private async deliver(lane: Lane, { payload, tries }: Notice): Promise<void> {
    lane.underWay += 1;
    const isTaken = await post(lane.endpoint, payload);
    lane.underWay -= 1;
    if (isTaken) this.counts.delivered += 1;
    else if (tries + 1 >= this.switches.tries) this.counts.givenUp += 1;
    else {
      this.counts.refused += 1;
      this.enqueue(lane, { payload, tries: tries + 1 }, this.switches.retryMs * 2 ** tries);
    }
    this.pump(lane);
  }

  private sum(of: (lane: Lane) => number): number {
    return this.endpoints.reduce((sum, lane) => sum + of(lane), 0);
  }
}

interface Lane {
  readonly endpoint: WebhookEndpoint;
  readonly waiting: Notice[];
  underWay: number;
}

/** Whether it was answered with 2xx. */
function post({ url, secret, host }: WebhookEndpoint, payload: string): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(payload),
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      'stripe-signature': Stripe.webhooks.generateTestHeaderString({ payload, secret }),
      ...(host !== undefined && { host }),
    };
    const sent = (url.startsWith('https:') ? overTls : plainly)(url, { method: 'POST', headers, timeout: ANSWER_WITHIN_MS }, (response) => {
      response.resume();
      response.on('close', () => resolve((response.statusCode ?? 500) < 300));
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(false));
    sent.end(payload);
  });
}
