import { Agent as PlainAgent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import Stripe from 'stripe';

const TIMEOUT_MS = 10_000;
const REPETITIONS = 2;

export interface StripeAccess {
  readonly apiKey: string;
  /** Where the API is, when it is not the vendor's own address. */
  readonly apiUrl?: string | undefined;
  /** How long one try may take. */
  readonly timeoutMs?: number | undefined;
}

/** The vendor's client, and what closes its connections. It repeats what got no answer under the same Idempotency-Key. */
export function openStripe({ apiKey, apiUrl, timeoutMs = TIMEOUT_MS }: StripeAccess): { stripe: Stripe; close: () => void } {
  const url = apiUrl === undefined ? undefined : new URL(apiUrl);
  const isPlain = url?.protocol === 'http:';
  const agent = isPlain ? new PlainAgent({ keepAlive: true }) : new TlsAgent({ keepAlive: true });
  const stripe = new Stripe(apiKey, {
    timeout: timeoutMs,
    maxNetworkRetries: REPETITIONS,
    telemetry: false,
    httpAgent: agent,
    ...(url && {
      host: url.hostname,
      port: url.port === '' ? (isPlain ? 80 : 443) : Number(url.port),
      protocol: isPlain ? 'http' : 'https',
    }),
  });
  return { stripe, close: () => agent.destroy() };
}
