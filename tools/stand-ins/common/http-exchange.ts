import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:net';
import type { Answer, Question } from './answer.js';

const LARGEST_BODY = 256 * 1024;

/** Resolves once the server accepts connections; raises when the port is taken. */
export function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** The whole request; raises when its body is larger than any the protocol has. */
export async function read(request: IncomingMessage, url: string): Promise<Question> {
  const { pathname, searchParams } = new URL(request.url ?? '/', url);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new RangeError('The request body is too large.');
    chunks.push(chunk);
  }
  return { method: request.method ?? 'GET', path: pathname, query: searchParams, body: Buffer.concat(chunks).toString('utf8'), url };
}

/** Writes the answer and ends the response. */
export function write(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, {
    'cache-control': 'no-store',
    ...(body !== undefined && { 'content-type': 'application/json; charset=utf-8' }),
    ...headers,
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
