import { isIPv6 } from 'node:net';

/**
 * The network that is counted as one peer: an IPv4 address itself, of an IPv6 address the first 64 bits, because whoever has one has them
 * all. What is no address is a peer of its own.
 */
export function peerNetworkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [plain = ''] = address.toLowerCase().split('%');
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain) ?? [];
  if (mapped !== undefined) return mapped;
  const [left = '', right] = plain.split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  // A dotted end stands for two groups.
  const given = head.length + tail.length + (plain.includes('.') ? 1 : 0);
  const groups = right === undefined ? head : [...head, ...Array.from({ length: 8 - given }, () => '0'), ...tail];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
