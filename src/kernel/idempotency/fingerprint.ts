import { hash } from 'node:crypto';

/** What two requests must share to be one: SHA-256 over the method, the address and the body, in whatever order its members are written. */
export function fingerprintOf(method: string, path: string, body: unknown): string {
  return hash('sha256', JSON.stringify([method, path, canonical(body)]), 'base64url');
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  // As a list and marked, so that no object of a caller's is written like another's.
  return { object: entries.map(([name, member]) => [name, canonical(member)]) };
}
