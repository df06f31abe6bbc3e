import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Customer } from '#tools/demo/customer.js';
import type { RunningStart } from '#tools/demo/running-start.js';

/** What a request was answered with. */
export interface DoorAnswer {
  readonly status: number;
  readonly etag: string | undefined;
  readonly body: Record<string, unknown>;
}

interface Call {
  readonly body?: unknown;
  readonly ifMatch?: string;
  /** Whose key is shown; the tenant's own when not given. */
  readonly apiKey?: string;
}

/** The HTTP address of one tenant. The name need not be known to DNS: the connection goes to this machine and names its host. */
export class Door {
  readonly #host: string;
  readonly #port: number;

  constructor(
    { baseUrl, port }: RunningStart,
    private readonly customer: Customer,
  ) {
    this.#host = `${customer.slug}.${new URL(baseUrl).host}`;
    this.#port = port;
  }

  async call(method: string, path: string, { body, ifMatch, apiKey }: Call = {}): Promise<DoorAnswer> {
    const headers = {
      host: this.#host,
      authorization: `Bearer ${apiKey ?? this.customer.apiKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(method === 'POST' ? { 'idempotency-key': crypto.randomUUID() } : {}),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    };
    return new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: this.#port, method, path, headers }, (answer) => {
        text(answer).then((words) => {
          const parsed = (words ? JSON.parse(words) : {}) as Record<string, unknown>;
          resolve({ status: answer.statusCode ?? 0, etag: answer.headers.etag, body: parsed });
        }, reject);
      });
      asked.once('error', reject);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}
