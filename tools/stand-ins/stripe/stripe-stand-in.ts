import { mkdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, Question } from '../common/answer.js';
import { Faults } from '../common/faults.js';
import { listen, read, write } from '../common/http-exchange.js';
import { writePrivateFile } from '../common/private-file.js';
import { RequestLog } from '../common/request-log.js';
import { Billing } from './billing.js';
import { DueWork } from './due.js';
import { KeptState } from './kept-state.js';
import { Ledger } from './ledger.js';
import { newId } from './new-id.js';
import { answerPage } from './pages.js';
import type { Api } from './routes/route.js';
import { answerRoute } from './routes/routes.js';
import { SavedAnswers } from './saved-answers.js';
import { seed, SEED_METERS, SEED_PRICES, type SeedPrice } from './seed.js';
import { answerStripeControl, type Controlled } from './stripe-control.js';
import { StripeFault } from './stripe-fault.js';
import { StripeRefusal } from './stripe-refusal.js';
import { WebhookSender } from './webhook-sender.js';
import type { WebhookSwitches } from './webhook-switches.js';

export interface StripeStandInOptions {
  readonly port: number;
  readonly host?: string;
  /** The only key that is let in. */
  readonly apiKey: string;
  /** Given, ready.json is written there. */
  readonly data?: string;
  /** Keeps what it knows in `data`, so that it survives a restart. */
  readonly isKept?: boolean;
  readonly webhooks?: WebhookSwitches;
  readonly prices?: readonly SeedPrice[];
  readonly meters?: readonly string[];
}

const SETTLE_EVERY_MS = 1_000;

/** A server that speaks enough of Stripe for the vendor's own client and remembers what it was told, with a clock to move and webhooks to disturb; for laptops and tests, never for money. */
export class StripeStandIn {
  readonly ledger = new Ledger();
  private readonly faults = new Faults(StripeFault);
  private readonly log = new RequestLog();
  private readonly answers = new SavedAnswers();
  private readonly sender = new WebhookSender();
  private readonly stopping = new AbortController();
  private readonly api: Api;
  private readonly controlled: Controlled;
  private readonly kept: KeptState | undefined;
  private readonly settling: NodeJS.Timeout;

  private constructor(
    private readonly options: StripeStandInOptions,
    private readonly server: Server,
    readonly url: string,
  ) {
    if (options.data !== undefined && options.isKept) this.kept = KeptState.open(this.ledger, join(options.data, 'state.json'));
    const billing = new Billing(this.ledger);
    this.api = { ledger: this.ledger, billing, due: new DueWork(this.ledger, billing), pages: url, searchDelayMs: 0 };
    this.controlled = { api: this.api, sender: this.sender, faults: this.faults, log: this.log };
    seed(this.ledger, options.prices ?? SEED_PRICES, options.meters ?? SEED_METERS);
    this.sender.set(options.webhooks ?? {});
    this.ledger.onHappening((happening) => this.sender.send(happening));
    this.settling = setInterval(() => {
      if (this.api.due.settle() > 0) this.kept?.touch();
    }, SETTLE_EVERY_MS).unref();
  }

  /** Listens; port 0 takes a free one. Writes ready.json when there is a folder for it. */
  static async start(options: StripeStandInOptions): Promise<StripeStandIn> {
    const host = options.host ?? '127.0.0.1';
    if (options.data !== undefined) {
      mkdirSync(options.data, { recursive: true, mode: 0o700 });
      // A file left by a killed process would say "ready" before this one is.
      rmSync(join(options.data, 'ready.json'), { force: true });
    }
    const server = createServer();
    await listen(server, options.port, host);
    const standIn = new StripeStandIn(options, server, `http://${host}:${(server.address() as AddressInfo).port}`);
    server.on('request', (request, response) => void standIn.serve(request, response));
    if (options.data !== undefined) writePrivateFile(join(options.data, 'ready.json'), JSON.stringify({ url: standIn.url }, null, 2));
    return standIn;
  }

  /** Ends at once: open connections are cut, delayed answers and notices dropped. */
  async stop(): Promise<void> {
    if (this.options.data !== undefined) rmSync(join(this.options.data, 'ready.json'), { force: true });
    this.stopping.abort();
    clearInterval(this.settling);
    this.sender.stop();
    this.kept?.close();
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const question = await read(request, this.url);
      if (question.path.startsWith('/_control/')) write(response, answerStripeControl(this.controlled, question));
      else if (question.path.startsWith('/_pages/')) this.servePage(question, response);
      else await this.serveFaulty(question, request, response);
      if (question.method !== 'GET') this.kept?.touch();
    } catch {
      // A cut connection or a body too large: the vendor's client knows what to do with a lost answer.
      response.destroy();
    }
  }

  private servePage(question: Question, response: ServerResponse): void {
    const { status, html, location } = answerPage(this.api, question);
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', ...(location !== undefined && { location }) });
    response.end(html);
  }

  private async serveFaulty(question: Question, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = this.faults.take(question.path, true, question.method) ?? {};
    if (fault.duplicate !== undefined) this.sender.duplicateNext(fault.duplicate);
    const isSilent = fault.drop === true || (fault.hang === true && !fault.afterEffect);
    const answer = isSilent ? undefined : await this.answer(question, request.headers, fault);
    const isLost =
      answer === undefined || fault.drop === 'after' || fault.hang === true || (fault.afterEffect === true && fault.status === undefined);
    this.log.add(question.method, question.path, isLost ? 0 : answer.status);
    if (fault.hang === true) return;
    if (isLost) response.destroy();
    else write(response, answer);
  }

  private async answer(question: Question, headers: IncomingMessage['headers'], fault: StripeFault): Promise<Answer> {
    const about = { 'request-id': newId('req', 14), 'stripe-version': String(headers['stripe-version'] ?? '2026-10-28.endive') };
    if (headers.authorization !== `Bearer ${this.options.apiKey}`)
      return { status: 401, headers: about, body: { error: { type: 'invalid_request_error', message: 'Invalid API Key provided.' } } };
    if (fault.status === 429) return this.tooMany(about, fault);
    const key = question.method === 'POST' ? headers['idempotency-key'] : undefined;
    try {
      return await this.underKey(typeof key === 'string' ? key : undefined, question, about, fault);
    } catch (error) {
      if (error instanceof StripeRefusal) return refusal(error, about);
      throw error;
    }
  }

  /** The key is taken before a delay, so that a second request meets work under way. */
  private async underKey(key: string | undefined, question: Question, about: Record<string, string>, fault: StripeFault): Promise<Answer> {
    const { method, path, body } = question;
    const saved = key === undefined ? undefined : this.answers.take(key, method, path, body);
    const wait = (): Promise<void> =>
      fault.delayMs === undefined ? Promise.resolve() : delay(fault.delayMs, undefined, { signal: this.stopping.signal });
    if (saved) {
      await wait();
      return { ...saved, headers: { ...saved.headers, ...about, 'idempotent-replayed': 'true' } };
    }
    const isTold = fault.status !== undefined && !fault.afterEffect;
    await wait();
    const done = isTold ? undefined : this.work(question, about);
    const answer = fault.status === undefined ? done?.answer : told(fault.status, about);
    if (!answer) throw new Error('Nothing was answered.');
    if (key !== undefined) {
      if (done?.isSaved === false || (isTold && fault.status !== undefined && fault.status < 500)) this.answers.free(key);
      else this.answers.save(key, { ...answer, headers: { 'original-request': about['request-id'] ?? '' } });
    }
    return answer;
  }

  private work(question: Question, headers: Record<string, string>): { answer: Answer; isSaved: boolean } {
    try {
      return { answer: { status: 200, headers, body: answerRoute(this.api, question) }, isSaved: true };
    } catch (error) {
      if (!(error instanceof StripeRefusal)) throw error;
      return { answer: refusal(error, headers), isSaved: error.isSaved };
    }
  }

  private tooMany(headers: Record<string, string>, { retryAfter }: StripeFault): Answer {
    const error = { type: 'invalid_request_error', code: 'rate_limit', message: 'Too many requests hit the API too quickly.' };
    return {
      status: 429,
      headers: { ...headers, ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }) },
      body: { error },
    };
  }
}

function told(status: number, headers: Record<string, string>): Answer {
  return { status, headers, body: { error: { type: 'api_error', message: `The stand-in was told to answer ${status}.` } } };
}

function refusal({ status, words }: StripeRefusal, headers: Record<string, string>): Answer {
  return { status, headers, body: { error: words } };
}
