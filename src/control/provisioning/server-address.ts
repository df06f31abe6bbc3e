import { OwnServerRefusedError } from '#control/provisioning/provisioning.errors.js';
import { isHere, plainHost } from '#kernel/resolution/ip-address.js';

const ENCRYPTED = new Set(['require', 'verify-ca', 'verify-full']);

/**
 * The address of a server that a customer brought, of the one form that is taken: a login with its password, a host and at most `sslmode`, for
 * the driver takes files of ours and other hosts from further parameters. Encrypted, unless it is on this machine and `isLocalAllowed`. Raises
 * OwnServerRefusedError, which holds nothing of it.
 */
export function serverAddress(connectionString: string, isLocalAllowed: boolean): URL {
  const url = connectionString.length <= 2_000 ? URL.parse(connectionString) : null;
  if (!url || !/^postgres(ql)?:$/.test(url.protocol)) throw new OwnServerRefusedError('it is not an address of PostgreSQL');
  if (!url.hostname || !url.username || !url.password) throw new OwnServerRefusedError('it has no host, no login or no password');
  if (url.hash || [...url.searchParams.keys()].some((name) => name !== 'sslmode') || url.searchParams.size > 1)
    throw new OwnServerRefusedError('it has other parameters than sslmode');
  const host = plainHost(url.hostname);
  if (host === null) throw new OwnServerRefusedError('its host is none');
  // Connected to as it was judged.
  url.hostname = host.includes(':') ? `[${host}]` : host;
  const isLocal = isHere(host);
  if (isLocal && !isLocalAllowed) throw new OwnServerRefusedError('it is on this machine');
  if (!isLocal && !ENCRYPTED.has(url.searchParams.get('sslmode') ?? ''))
    throw new OwnServerRefusedError('it does not ask for encryption (sslmode=require or stricter)');
  return url;
}
