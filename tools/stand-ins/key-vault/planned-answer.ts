import type { Answer } from '../common/answer.js';

const CODES: Readonly<Record<number, string>> = { 403: 'Forbidden', 404: 'SecretNotFound', 409: 'Conflict', 429: 'Throttled' };

/** The answer of a planned fault, in the shape the vault gives its own refusals. */
export function plannedAnswer(status: number, retryAfter?: number): Answer {
  return {
    status,
    ...(retryAfter !== undefined && { headers: { 'retry-after': String(retryAfter) } }),
    body: { error: { code: CODES[status] ?? 'InternalServerError', message: `The stand-in was told to answer ${status}.` } },
  };
}
