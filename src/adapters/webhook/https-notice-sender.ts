import { lookup as resolve } from 'node:dns/promises';
import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { noticeUrl } from '#adapters/webhook/notice-address.js';
import type { NoticeSender } from '#control/onboarding/notice.js';
import { NoticeAddressRefusedError, NoticeFailedError } from '#control/onboarding/onboarding.errors.js';
import { hostOf, isLoopback, isOpenAddress } from '#kernel/resolution/ip-address.js';

const WITHIN_MS = 10_000;

export interface NoticeSenderOptions {
  /** Whether this machine may be sent to, and without TLS: where there is nobody else. */
  readonly isLocalAllowed: boolean;
}

/**
 * Sends notices over HTTPS. The name is looked up once, every address it has must be of the open internet, and it is one of these that is
 * connected to. Nobody is followed elsewhere, and what is answered is not read.
 */
export class HttpsNoticeSender implements NoticeSender {
  constructor(private readonly options: NoticeSenderOptions) {}

  check(url: string): void {
    noticeUrl(url, this.options.isLocalAllowed);
  }

  async send(text: string, headers: Readonly<Record<string, string>>, body: string, signal: AbortSignal): Promise<void> {
    const url = noticeUrl(text, this.options.isLocalAllowed);
    const within = AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]);
    const address = await this.#addressOf(hostOf(url), within);
    const status = await post(url, address, headers, body, within);
    if (status < 200 || status > 299) throw new NoticeFailedError(`the answer was ${status}`);
  }

  async #addressOf(host: string, signal: AbortSignal): Promise<{ address: string; family: number }> {
    const found = await withinTime(
      resolve(host, { all: true }).catch((error: unknown) => {
        throw new NoticeFailedError('its name was not found', { cause: error });
      }),
      signal,
    );
    const isAllowed = (address: string): boolean => isOpenAddress(address) || (this.options.isLocalAllowed && isLoopback(address));
    const [first] = found;
    if (!first || !found.every(({ address }) => isAllowed(address)))
      throw new NoticeAddressRefusedError('it is not one of the open internet');
    return first;
  }
}

/** Gives the status of the answer. */
function post(
  url: URL,
  { address, family }: { address: string; family: number },
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
): Promise<number> {
  const { promise, resolve: settle, reject } = Promise.withResolvers<number>();
  // Looked up again, the name could be another's by now.
  const lookup: LookupFunction = (_host, { all }, done) => (all ? done(null, [{ address, family }]) : done(null, address, family));
  const options = {
    method: 'POST',
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    lookup,
    signal,
    agent: false as const,
  };
  const sent = (url.protocol === 'https:' ? tlsRequest : plainRequest)(url, options, (answer) => {
    settle(answer.statusCode ?? 0);
    answer.destroy();
  });
  sent.once('error', (error) => reject(new NoticeFailedError('the address could not be reached', { cause: error })));
  sent.end(body);
  return promise;
}

async function withinTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: over, reject } = Promise.withResolvers<never>();
  const end = (): void => reject(new NoticeFailedError('it took too long'));
  signal.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([work, over]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}
