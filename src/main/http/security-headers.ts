/**
 * On every answer. Nothing here may be stored or framed, and nothing runs; a page that needs more says so itself. `vary` is for caches
 * that store regardless: the same path is another document for every host and credential.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  vary: 'Host, Authorization, X-Api-Key, X-Tenant-Id, Cookie, Origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'x-permitted-cross-domain-policies': 'none',
};

/** In production alone: on a laptop it would forbid plain HTTP for years. */
export const TRANSPORT_HEADERS: Readonly<Record<string, string>> = { 'strict-transport-security': 'max-age=63072000; includeSubDomains' };
