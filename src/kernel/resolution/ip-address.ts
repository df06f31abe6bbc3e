import { BlockList, isIP } from 'node:net';

/** What is not the open internet: this machine, private and shared networks, what is reserved, and ways of writing one of these as another. */
const CLOSED_4 = `0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24
  192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4`;
const CLOSED_6 = '2001::/23 2001:db8::/32 2002::/16 3fff::/20';
const OPEN_6 = '2000::/3';

const closed = listOf(`${CLOSED_4} ${CLOSED_6}`);
const open = listOf(OPEN_6);
const loopback = listOf('127.0.0.0/8 ::1/128');
/** With what leads back here without a route, and what a machine is told about itself at. */
const here = listOf('0.0.0.0/8 127.0.0.0/8 169.254.0.0/16 ::/128 ::1/128 fe80::/10');

/** Whether an IP address is one of the open internet. */
export function isOpenAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !closed.check(address, 'ipv4');
  return version === 6 && open.check(address, 'ipv6') && !closed.check(address, 'ipv6');
}

/** Whether an IP address is this machine. */
export function isLoopback(address: string): boolean {
  return isIn(loopback, address);
}

/** Whether a host, as `plainHost` gives it, is this machine or what it alone is near, by what it says: a name is not looked up. */
export function isHere(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || isIn(here, host);
}

/** A host of an address written as every host is: small letters, no brackets, no last dot, numbers as an IP address; null for what is none. */
export function plainHost(hostname: string): string | null {
  const url = URL.parse(`http://${hostname}/`);
  return url?.hostname === '' || !url ? null : hostOf(url).replace(/\.$/, '');
}

/** The host without the brackets of an IPv6 address. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** An IPv6 address that stands for one of IPv4 is that one. */
function isIn(list: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

function listOf(networks: string): BlockList {
  const list = new BlockList();
  for (const network of networks.split(/\s+/)) {
    const [address = '', length = ''] = network.split('/');
    list.addSubnet(address, Number(length), address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}
