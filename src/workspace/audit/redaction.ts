import type { AuditChange } from '#workspace/audit/audit-entry.js';

/** What stands in the record where a secret would have stood. */
export const REDACTED = '[redacted]';

const LONGEST_TEXT = 2_000;
const SECRET_WORDS = new Set(
  'password,passwords,passwd,passphrase,secret,secrets,token,tokens,credential,credentials,capability,cookie,cookies,authorization,signature,hash,salt,otp,totp,pin,key,keys,dsn'.split(
    ',',
  ),
);
const SAYS_ABOUT = new Set(['id', 'ids', 'at', 'count', 'name', 'kind', 'type', 'version']);
// A name may promise nothing and its text be a credential all the same.
const SECRET_TEXT = /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@]+@|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/** The same JSON without the values of anything named like a secret, and with long texts cut. */
export function redacted(value: unknown, name = ''): unknown {
  if (value === null || value === undefined) return value;
  if (isSecretName(name)) return REDACTED;
  if (typeof value === 'string') return shortened(value);
  if (Array.isArray(value)) return value.map((item) => redacted(item));
  if (value instanceof Date || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redacted(inner, key)]));
}

/** A change whose path says that it is of a secret keeps neither value; that it was changed stays on record. */
export function redactedChange(change: AuditChange): AuditChange {
  const name = change.path.split(/[./[\]]+/).some(isSecretName) ? 'secret' : '';
  return { path: change.path, old: redacted(change.old ?? null, name), new: redacted(change.new ?? null, name) };
}

/** `passwordHash` and `api_key` are; `keyId` and `passwordChangedAt` only say something about one. */
function isSecretName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return (words.some((word) => SECRET_WORDS.has(word)) && !SAYS_ABOUT.has(words.at(-1) ?? '')) || /connection.?(string|url)/i.test(name);
}

function shortened(text: string): string {
  if (SECRET_TEXT.test(text)) return REDACTED;
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}… [${String(text.length)} characters]` : text;
}
