import type { IncomingMessage } from 'node:http';
import { HostInvalidError } from '#kernel/resolution/host.errors.js';
import type { TrustedProxies } from '#main/http/trusted-proxies.js';

/** What of a request's head decides whose it is, each value as it was sent: Node itself would keep the first of two and hide the other. */
export interface RequestHead {
  readonly host: string;
  readonly authorization: readonly string[];
  readonly apiKey: readonly string[];
  readonly tenantHeader: string | undefined;
}

/** Raises HostInvalidError unless there is exactly one Host and the target is a path. */
export function readRequestHead(request: IncomingMessage, proxies: TrustedProxies): RequestHead {
  const found: Found = { host: [], authorization: [], 'x-api-key': [], 'x-forwarded-host': [] };
  const { rawHeaders, headers, url = '' } = request;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    if (isSought(name)) found[name].push(rawHeaders[index + 1] ?? '');
  }
  const [host] = found.host;
  if (host === undefined || found.host.length > 1 || !url.startsWith('/')) throw new HostInvalidError();
  return {
    host: forwardedHost(found['x-forwarded-host'], request, proxies) ?? host,
    authorization: found.authorization,
    apiKey: found['x-api-key'],
    tenantHeader: headers['x-tenant-id'] as string | undefined,
  };
}

type Found = Record<'host' | 'authorization' | 'x-api-key' | 'x-forwarded-host', string[]>;

function isSought(name: string): name is keyof Found {
  return name === 'host' || name === 'authorization' || name === 'x-api-key' || name === 'x-forwarded-host';
}

function forwardedHost(values: readonly string[], request: IncomingMessage, proxies: TrustedProxies): string | undefined {
  const [value] = values;
  if (value === undefined || values.length > 1 || value.includes(',')) return undefined;
  return proxies.include(request.socket.remoteAddress) ? value.trim() : undefined;
}
