import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import Stripe from 'stripe';
import { createHttpApp } from '#main/http/http-app.js';
import type { BenchCase } from '#tools/bench/cases/bench-case.js';
import { printTable, short } from '#tools/bench/print-table.js';
import { quantile } from '#tools/bench/statistics.js';

const AT_ONCE = 8;
const PER_CYCLE = 100;
/** What the specification holds an acknowledgement to. */
const HOLD_MS = 100;

interface Asked {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** How soon a notice of the payment provider is thanked for, beside a route of the same process that does nothing. */
export const webhooksCase: BenchCase = {
  name: 'webhooks',
  run: async ({ test: { platform }, options, book }) => {
    const [secret = ''] = platform.config.STRIPE_WEBHOOK_SECRETS;
    const app = await createHttpApp(platform);
    const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
    try {
      await app.listen(0, '127.0.0.1');
      const { port } = new URL(await app.getUrl());
      const slices: Record<'nothing' | 'notice', number[]> = { nothing: [], notice: [] };
      const ask = (asked: Asked): Promise<number> => timed(agent, Number(port), asked);
      await inTurns(() => ask(noticeOf(secret)));
      for (let cycle = 0; cycle < options.cycles; cycle += 1) {
        slices.nothing.push(...(await inTurns(() => ask({ method: 'GET', path: '/health/live' }))));
        slices.notice.push(...(await inTurns(() => ask(noticeOf(secret)))));
      }
      const rows = ([0.5, 0.99] as const).map((share) => {
        const [baseline, value] = [quantile(slices.nothing, share), quantile(slices.notice, share)];
        const spread = { low: quantile(slices.notice, 0.25), high: quantile(slices.notice, 0.75) };
        const name = `webhooks/p${String(share * 100)}`;
        const details = { holdMs: HOLD_MS };
        book.add({ name, unit: 'ms', value, baseline, ratio: value / baseline, runs: slices.notice.length, spread, details });
        return [name, short(baseline), short(value), short(value / baseline)];
      });
      printTable(`webhooks: a notice is thanked for, ${String(AT_ONCE)} at once`, ['', 'empty route, ms', 'notice, ms', 'ratio'], rows);
    } finally {
      agent.destroy();
      await app.close();
    }
  },
};

/** Each about another customer, as those of many are. */
function noticeOf(secret: string): Asked {
  const id = randomBytes(8).toString('hex');
  const object = { object: 'subscription', id: `sub_${id}`, customer: `cus_${id}` };
  const created = Math.floor(Date.now() / 1_000);
  const body = JSON.stringify({
    object: 'event',
    id: `evt_${id}`,
    type: 'customer.subscription.updated',
    created,
    livemode: false,
    data: { object },
  });
  const signature = Stripe.webhooks.generateTestHeaderString({ payload: body, secret });
  return { method: 'POST', path: '/webhooks/stripe', headers: { 'content-type': 'application/json', 'stripe-signature': signature }, body };
}

async function inTurns(work: () => Promise<number>): Promise<number[]> {
  const times: number[] = [];
  let left = PER_CYCLE;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      times.push(await work());
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return times;
}

/** Milliseconds to the end of a 200. */
function timed(agent: Agent, port: number, { method, path, headers = {}, body }: Asked): Promise<number> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request({ agent, host: '127.0.0.1', port, method, path, headers: { host: 'localhost', ...headers } }, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 200) resolve(performance.now() - begun);
        else reject(new Error(`${path}: ${String(response.statusCode)}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
