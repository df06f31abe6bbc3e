import { request } from 'node:http';
import { text } from 'node:stream/consumers';

/** What a caller saw of one request: its status and, of a problem, its code. A stream is left as soon as it begins. */
export interface Seen {
  readonly status: number;
  readonly code: string | undefined;
}

/** One request as it goes over the wire. */
export interface Call {
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Asks over a connection of its own. */
export async function call({ port, method, path, headers, body }: Call): Promise<Seen> {
  const { promise, resolve, reject } = Promise.withResolvers<Seen>();
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const sent = request({
    ...{ port, method, path, host: '127.0.0.1', agent: false },
    headers: {
      ...headers,
      ...(payload !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
    },
  });
  sent.once('error', reject);
  sent.once('response', (answer) => {
    const status = answer.statusCode ?? 0;
    if (!answer.headers['content-type']?.startsWith('application/problem')) {
      resolve({ status, code: undefined });
      answer.destroy();
      return;
    }
    text(answer).then((problem) => resolve({ status, code: (JSON.parse(problem) as { code: string }).code }), reject);
  });
  sent.end(payload);
  return promise;
}
