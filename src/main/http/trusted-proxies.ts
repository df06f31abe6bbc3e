import { BlockList, isIP, isIPv6 } from 'node:net';
import { ConfigError } from '#main/config.js';

/** The peers whose X-Forwarded-Host and X-Forwarded-For count; by default none. Raises ConfigError for what is no network. */
export class TrustedProxies {
  readonly #networks = new BlockList();

  constructor(networks: readonly string[]) {
    const problems = networks.filter((network) => !this.#add(network)).map((network) => `TRUSTED_PROXIES: ${network} is not a network`);
    if (problems.length > 0) throw new ConfigError(problems);
  }

  include(address: string | undefined): boolean {
    return address !== undefined && isIP(address) !== 0 && this.#networks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }

  #add(network: string): boolean {
    const [address = '', bits, ...rest] = network.split('/');
    const version = isIP(address);
    const widest = version === 4 ? 32 : 128;
    if (version === 0 || rest.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits)) || Number(bits ?? 0) > widest) return false;
    this.#networks.addSubnet(address, Number(bits ?? widest), version === 4 ? 'ipv4' : 'ipv6');
    return true;
  }
}
