import { BlockList, isIP } from 'node:net';
import { NoticeAddressRefusedError } from '#control/onboarding/onboarding.errors.js';

/** What is not the open internet: this machine, private and shared networks, what is reserved, and ways of writing one of these as another. */
const CLOSED_4 = `0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24
  192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4`;
const CLOSED_6 = '2001::/23 2001:db8::/32 2002::/16 3fff::/20';
const OPEN_6 = '2000::/3';

const closed = listOf(`${CLOSED_4} ${CLOSED_6}`);
const open = listOf(OPEN_6);
const loopback = listOf('127.0.0.0/8 ::1/128');

/** Whether an IP address is one of the open internet. */
export function isOpenAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !closed.check(address, 'ipv4');
  return version === 6 && open.check(address, 'ipv6') && !closed.check(address, 'ipv6');
}

/** Whether an IP address is this machine. */
export function isLoopback(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && loopback.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

/** The address as it may be sent to by what it says. Raises NoticeAddressRefusedError. */
export function noticeUrl(text: string, isLocalAllowed: boolean): URL {
  const refuse = (reason: string): never => {
    throw new NoticeAddressRefusedError(reason);
  };
  const url = URL.parse(text) ?? refuse('it is not an address');
  const host = hostOf(url);
  const isLocal = isLocalAllowed && (host === 'localhost' || isLoopback(host));
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal)) refuse('it is not an address of https');
  if (url.username !== '' || url.password !== '') refuse('it holds a login');
  if (isIP(host) !== 0 && !isLocal && !isOpenAddress(host)) refuse('it is not one of the open internet');
  return url;
}

/** The host without the brackets of an IPv6 address. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

function listOf(networks: string): BlockList {
  const list = new BlockList();
  for (const network of networks.split(/\s+/)) {
    const [address = '', length = ''] = network.split('/');
    list.addSubnet(address, Number(length), address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}
