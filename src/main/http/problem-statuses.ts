/** What a code means over HTTP. */
export interface ProblemStatus {
  readonly status: number;
  readonly title: string;
  /** Seconds after which asking again may help. */
  readonly retryAfter?: number;
}

/** Every code that callers may see; any other error is `internal`. */
export const PROBLEM_STATUSES: ReadonlyMap<string, ProblemStatus> = new Map(
  Object.entries({
    'host.invalid': { status: 400, title: 'Invalid host' },
    'host.unknown': { status: 421, title: 'Unknown host' },
    'route.unknown': { status: 404, title: 'Nothing here' },
    'route.malformed': { status: 400, title: 'Malformed address' },
    'request.malformed': { status: 400, title: 'Malformed request' },
    'request.timeout': { status: 408, title: 'The request took too long' },
    'request.headers-too-large': { status: 431, title: 'Headers too large' },
    'body.malformed': { status: 400, title: 'Malformed body' },
    'body.too-large': { status: 413, title: 'Body too large' },
    'body.unsupported-type': { status: 415, title: 'Unsupported body type' },
    'validation.failed': { status: 422, title: 'Unacceptable values' },
    'cursor.invalid': { status: 400, title: 'Invalid cursor' },
    'precondition.required': { status: 428, title: 'If-Match is needed' },
    'precondition.failed': { status: 412, title: 'Changed meanwhile' },
    'access.unauthenticated': { status: 401, title: 'Credential needed' },
    'access.tenant-mismatch': { status: 403, title: 'Another tenant' },
    'access.ambiguous-credentials': { status: 400, title: 'Two credentials' },
    'tenant.unknown': { status: 404, title: 'No such tenant' },
    'tenant.provisioning': { status: 503, title: 'Being set up', retryAfter: 5 },
    'tenant.suspended': { status: 402, title: 'Suspended' },
    'tenant.cancelled': { status: 410, title: 'Cancelled' },
    'tenant.misdirected': { status: 421, title: 'Served from another region' },
    'tenant.moving': { status: 503, title: 'Being moved', retryAfter: 1 },
    'tenant.unavailable': { status: 503, title: 'Database not available', retryAfter: 5 },
    'tenant.busy': { status: 503, title: 'Too much work under way', retryAfter: 1 },
    'catalog.unavailable': { status: 503, title: 'Records not available', retryAfter: 5 },
    'tickets.not-found': { status: 404, title: 'No such ticket' },
    internal: { status: 500, title: 'Internal error' },
  } satisfies Record<string, ProblemStatus>),
);
