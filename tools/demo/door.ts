import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Customer } from '#tools/demo/customer.js';
import type { RunningStart } from '#tools/demo/running-start.js';

/** What a request was answered with; `body` is empty unless it was JSON. */
export interface DoorAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A request: a Buffer is sent as it is, anything else as JSON. A POST has a fresh Idempotency-Key unless `headers` say another. */
export interface Call {
  readonly body?: unknown;
  readonly headers?: Headers;
}

type Headers = Readonly<Record<string, string>>;

/** The HTTP address of one tenant. The name need not be known to DNS: the connection goes to this machine and names its host. */
export class Door {
  readonly host: string;

  constructor(
    private readonly start: RunningStart,
    private readonly slug: string,
    /** Headers that say who asks. */
    readonly shown: Headers = {},
  ) {
    this.host = `${slug}.${new URL(start.baseUrl).host}`;
  }

  static withKey(start: RunningStart, { slug, apiKey }: Customer): Door {
    return new Door(start, slug).with({ authorization: `Bearer ${apiKey}` });
  }

  /** The same address with another credential. */
  with(credential: Headers): Door {
    return new Door(this.start, this.slug, credential);
  }

  async call(method: string, path: string, call: Call = {}): Promise<DoorAnswer> {
    const answer = await this.open(method, path, call);
    const words = await text(answer);
    const isJson = /^application\/([a-z.]+\+)?json/.test(answer.headers['content-type'] ?? '');
    const body = (isJson ? JSON.parse(words) : {}) as DoorAnswer['body'];
    return { status: answer.statusCode ?? 0, headers: answer.headers, text: words, body };
  }

  /** The answer as soon as it begins, for one that goes on. */
  open(method: string, path: string, { body, headers = {} }: Call = {}): Promise<IncomingMessage> {
    const sent = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
    const all = {
      host: this.host,
      ...this.shown,
      ...(sent === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(sent.length) }),
      ...(method === 'POST' ? { 'idempotency-key': crypto.randomUUID() } : {}),
      ...headers,
    };
    return new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: this.start.port, method, path, headers: all }, resolve);
      asked.once('error', reject);
      asked.end(sent);
    });
  }
}

/** Status and code of an answer, as in `403 access.denied`; of one that is no problem the status. */
export function outcomeOf({ status, body }: DoorAnswer): string {
  return typeof body['code'] === 'string' ? `${status} ${body['code']}` : String(status);
}
