import type { FaultPlan } from '../common/faults.js';
import type { LoggedRequest } from '../common/request-log.js';
import { askStandIn, planFaults, readLog } from '../common/stand-in-control.js';
import type { AfterDunning } from './billing.js';
import type { StripeFault } from './stripe-fault.js';
import type { Delivered } from './webhook-sender.js';
import type { WebhookSwitches } from './webhook-switches.js';

/** The switches of a Stripe stand-in, wherever it runs. Each raises when the stand-in refuses. */
export class StripeSwitches {
  /** `url` is where the stand-in is: `standIns.stripe` of run.json, STRIPE_API_URL of a test run, or `url` of one in this process. */
  constructor(readonly url: string) {}

  /** Moves one customer's clock on, or everybody's; what becomes due by that has happened when this resolves. */
  async advance(seconds: number, customer?: string): Promise<void> {
    await this.ask('POST', 'clock', { advanceSeconds: Math.round(seconds), ...(customer !== undefined && { customer }) });
  }

  /** Gives a customer a card whose charges succeed or fail; with one that works, what is owed is paid at once unless `retry` is false. */
  async card(customer: string, works: boolean, retry = true): Promise<void> {
    await this.ask('POST', `customers/${customer}/card`, { works, retry });
  }

  async removeCard(customer: string): Promise<void> {
    await this.ask('DELETE', `customers/${customer}/card`);
  }

  /** Plays the customer who pays on a page of checkout or agrees on one of the portal. */
  async complete({ id }: { readonly id: string }): Promise<void> {
    await this.ask('POST', `${id.startsWith('bps_') ? 'portal' : 'checkout'}/${id}/complete`);
  }

  /** What becomes of subscriptions whose charge failed to the last. */
  async afterDunning(after: AfterDunning): Promise<void> {
    await this.ask('POST', 'dunning', { after });
  }

  /** How long a search does not see a new customer. */
  async searchDelay(delayMs: number): Promise<void> {
    await this.ask('POST', 'search', { delayMs });
  }

  async webhooks(switches: WebhookSwitches): Promise<void> {
    await this.ask('POST', 'webhooks', switches);
  }

  async delivered(): Promise<Delivered> {
    return (await this.ask('GET', 'webhooks')) as Delivered;
  }

  /** Sends the notice of that event once more. */
  async resend(eventId: string): Promise<void> {
    await this.ask('POST', `events/${eventId}/send`);
  }

  plan(plan: FaultPlan<StripeFault>): Promise<void> {
    return planFaults(this, plan);
  }

  /** What was asked since the log was cleared, e.g. `POST /v1/customers 200`. */
  async asked(): Promise<string[]> {
    return (await readLog(this)).map(({ method, path, status }: LoggedRequest) => `${method} ${path} ${status}`);
  }

  async clearLog(): Promise<void> {
    await this.ask('DELETE', 'log');
  }

  private async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const { status, text } = await askStandIn(this, method, `/_control/${path}`, body);
    if (status >= 300) throw new Error(`The stand-in for Stripe refused ${method} ${path}: ${status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}
