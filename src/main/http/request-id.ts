import { randomUUIDv7 } from 'node:crypto';

const ACCEPTABLE = /^[A-Za-z0-9_-]{8,64}$/;

export function newRequestId(): string {
  return randomUUIDv7();
}

/** The caller's id when it is one that can stand in a log, else a new one. */
export function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && ACCEPTABLE.test(header) ? header : newRequestId();
}
