import { isIP } from 'node:net';
import { isReserved, platformName, type PlatformName } from '#kernel/resolution/reserved-names.js';

/** Who is meant by a Host header. `foreign` is well formed and outside the base domain; `unserved` is under it and nobody's. */
export type Host =
  | { readonly kind: 'tenant'; readonly slug: string }
  | { readonly kind: 'platform'; readonly name: PlatformName }
  | { readonly kind: 'foreign'; readonly host: string; readonly isDomain: boolean }
  | { readonly kind: 'unserved' }
  | { readonly kind: 'invalid' };

const AUTHORITY = /^(?:([A-Za-z0-9.-]{1,253})|\[([0-9A-Fa-f:.]{2,45})\])(?::([1-9][0-9]{0,4}))?$/;
const LABEL = /^(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const INVALID: Host = { kind: 'invalid' };
const UNSERVED: Host = { kind: 'unserved' };

/** Reads Host headers, strictly: what a proxy, a browser and this parser could understand differently is invalid. */
export class HostGrammar {
  readonly #suffix: string;

  constructor(private readonly baseDomain: string) {
    this.#suffix = `.${baseDomain}`;
  }

  parse(header: string | undefined): Host {
    const match = AUTHORITY.exec(header ?? '');
    if (!match || Number(match[3] ?? 1) > 65_535) return INVALID;
    const [, name, ipv6] = match;
    if (ipv6 !== undefined) return isIP(ipv6) === 6 ? { kind: 'foreign', host: ipv6.toLowerCase(), isDomain: false } : INVALID;
    return name === undefined ? INVALID : this.#named(name.toLowerCase());
  }

  #named(name: string): Host {
    if (name === this.baseDomain) return { kind: 'platform', name: '' };
    if (!name.split('.').every((label) => LABEL.test(label))) return INVALID;
    if (!name.endsWith(this.#suffix)) return { kind: 'foreign', host: name, isDomain: name.includes('.') && isIP(name) === 0 };
    const label = name.slice(0, -this.#suffix.length);
    if (label.includes('.')) return UNSERVED;
    const platform = platformName(label);
    if (platform) return { kind: 'platform', name: platform };
    return isReserved(label) ? UNSERVED : { kind: 'tenant', slug: label };
  }
}
