import { AppError } from '#kernel/errors/app-error.js';

const LONGEST = 500;
/** What looks like a credential: addresses with a password, tokens of three parts, our keys, long runs of random letters. */
const SECRETS = [
  /\b[a-z][a-z0-9+.-]*:\/\/[^\s/@]*@[^\s]*/gi,
  /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g,
  /\b(?:bearer|basic|token|password|secret|key)\b\s*[=:]?\s*\S+/gi,
  /[\w+/=-]{40,}/g,
];

/** What is kept of a failure beside the job: its code or class, and its sentence, cut (never within a character, which no database would take) and without what looks like a secret. */
export function failureText(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown: what was raised is no error';
  const code = error instanceof AppError ? error.code : error.name;
  const message = SECRETS.reduce((text, secret) => text.replace(secret, '[redacted]'), error.message);
  return `${code}: ${message}`.replaceAll('\0', '').slice(0, LONGEST).toWellFormed();
}
