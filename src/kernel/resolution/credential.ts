import { AmbiguousCredentialsError } from '#kernel/resolution/access.errors.js';
import { looksLikeApiKey } from '#kernel/resolution/api-key.js';

/** What a request presents; `unreadable` is something that can be no credential of ours. */
export type Credential = { readonly kind: 'api-key' | 'access-token'; readonly text: string } | { readonly kind: 'unreadable' };

const BEARER = /^bearer +([^\s,]+)$/i;

/** The one credential of a request, or null. Raises AmbiguousCredentialsError when there are two that differ. */
export function readCredential(authorization: readonly string[], apiKey: readonly string[]): Credential | null {
  if (authorization.length === 0 && apiKey.length === 0) return null;
  const texts = new Set([...authorization.map((value) => BEARER.exec(value)?.[1] ?? ''), ...apiKey]);
  if (texts.size > 1) throw new AmbiguousCredentialsError();
  const [text = ''] = texts;
  if (looksLikeApiKey(text)) return { kind: 'api-key', text };
  return authorization.length > 0 && text.includes('.') ? { kind: 'access-token', text } : { kind: 'unreadable' };
}
