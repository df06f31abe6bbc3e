import { randomBytes } from 'node:crypto';

const TRACE_PARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** A W3C `traceparent` for a step of ours: the caller's trace goes on when the header is well formed, else a new one begins. */
export function traceParentOf(header: string | readonly string[] | undefined): string {
  const [trace, flags] =
    typeof header === 'string' && TRACE_PARENT.test(header) ? [header.slice(3, 35), header.slice(53)] : [newTrace(), '01'];
  return `00-${trace}-${randomBytes(8).toString('hex')}-${flags}`;
}

/** The part of a `traceparent` that all steps of one work share. */
export function traceIdOf(traceParent: string): string {
  return traceParent.slice(3, 35);
}

function newTrace(): string {
  return randomBytes(16).toString('hex');
}
