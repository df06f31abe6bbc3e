import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { answerControl } from '../common/control-routes.js';
import { Faults } from '../common/faults.js';
import { listen, read, write } from '../common/http-exchange.js';
import { RequestLog } from '../common/request-log.js';
import { KeptBuckets } from './kept-buckets.js';
import { refusalAnswer, type S3Answer } from './s3-answer.js';
import { S3Fault } from './s3-fault.js';
import { requirePayload } from './s3-payload.js';
import { S3Refusal } from './s3-refusal.js';
import { readS3Request, type S3Request } from './s3-request.js';
import { answerS3 } from './s3-routes.js';
import { requireSignature, type S3Identity } from './s3-signature.js';

export interface S3StandInOptions extends S3Identity {
  readonly port: number;
  readonly host?: string;
  readonly buckets: readonly string[];
  /** Keys per page of a list at most: 1,000 as the vendor's, unless told otherwise. */
  readonly pageSize?: number;
}

/** A server that speaks enough of S3 for the vendor's own client, with the bucket in the path; in memory, for laptops and tests, never for real files. */
export class S3StandIn {
  private readonly faults = new Faults(S3Fault);
  private readonly log = new RequestLog();
  private readonly stopping = new AbortController();

  private constructor(
    private readonly options: S3StandInOptions,
    private readonly server: Server,
    readonly buckets: KeptBuckets,
    readonly url: string,
  ) {}

  /** Listens; port 0 takes a free one. */
  static async start(options: S3StandInOptions): Promise<S3StandIn> {
    const host = options.host ?? '127.0.0.1';
    const server = createServer();
    await listen(server, options.port, host);
    const url = `http://${host}:${(server.address() as AddressInfo).port}`;
    const standIn = new S3StandIn(options, server, new KeptBuckets(options.buckets), url);
    server.on('request', (request, response) => void standIn.serve(request, response));
    return standIn;
  }

  /** Ends at once: open connections are cut, delayed answers dropped. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (request.url?.startsWith('/_control/')) write(response, answerControl(this.faults, this.log, await read(request, this.url)));
      else await this.serveFaulty(await readS3Request(request), response);
    } catch {
      // A cut connection or a body too large: the vendor's clients know what to do with a lost answer.
      response.destroy();
    }
  }

  private async serveFaulty(request: S3Request, response: ServerResponse): Promise<void> {
    const fault = this.faults.take(request.rawPath, true);
    if (fault?.delayMs !== undefined) await delay(fault.delayMs, undefined, { signal: this.stopping.signal });
    const answer = fault?.drop === true ? undefined : this.answer(request, fault?.status);
    const isLost = answer === undefined || fault?.drop === 'after';
    this.log.add(request.method, request.rawPath, isLost ? 0 : answer.status);
    if (isLost) response.destroy();
    else send(request, response, answer, fault);
  }

  private answer(request: S3Request, planned: number | undefined): S3Answer {
    try {
      if (planned !== undefined) throw new S3Refusal(planned, planned === 503 ? 'SlowDown' : 'InternalError', 'The stand-in was told to.');
      requireSignature(this.options, request);
      return answerS3(this.buckets, request, requirePayload(request), this.options.pageSize ?? 1_000);
    } catch (error) {
      if (error instanceof S3Refusal) return refusalAnswer(error);
      throw error;
    }
  }
}

function send({ method }: S3Request, response: ServerResponse, { status, headers, body }: S3Answer, fault: S3Fault | undefined): void {
  response.writeHead(status, { ...headers, ...(status !== 204 && { 'content-length': body.length }) });
  if (method === 'HEAD') response.end();
  else if (fault?.drop === 'midway') response.write(body.subarray(0, body.length / 2), () => response.destroy());
  else response.end(fault?.corrupt ? corrupted(body) : body);
}

function corrupted(body: Buffer): Buffer {
  const changed = Buffer.from(body);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  return changed;
}
