/** Names under the base domain where the platform itself answers; the empty one is the base domain. */
export type PlatformName = '' | 'www' | 'api' | 'app' | 'admin';

const SERVED: ReadonlyMap<string, PlatformName> = new Map([
  ['www', 'www'],
  ['api', 'api'],
  ['app', 'app'],
  ['admin', 'admin'],
]);

const KEPT = `account accounts acme-challenge administrator assets auth autoconfig autodiscover billing blog broadcasthost cdn console
  dashboard demo dev dns docs email example files ftp git grafana graphql help hostmaster id identity imap img internal invalid ipv6
  isatap kubernetes local localdomain localhost login logout mail media metrics mobile mx news ns ns1 ns2 null oauth operator operators
  ops platform pop pop3 postmaster proxy root sales secure security sign-in sign-up signin signup smtp sso staging static stats status
  support sys system tenantry test undefined webdav webhook webhooks webmaster wpad ws www1 www2`;

const RESERVED: ReadonlySet<string> = new Set([...SERVED.keys(), ...KEPT.split(/\s+/)]);

/** Whether a name can be no tenant's. */
export function isReserved(name: string): boolean {
  return RESERVED.has(name);
}

/** The platform host of this name, if it is one. */
export function platformName(name: string): PlatformName | undefined {
  return SERVED.get(name);
}
