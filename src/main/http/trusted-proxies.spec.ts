import { TrustedProxies } from '#main/http/trusted-proxies.js';

describe('TrustedProxies', () => {
  it('trusts nobody by default', () => {
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1', undefined]) expect(new TrustedProxies([]).include(address)).toBe(false);
  });

  it('trusts the networks it is given, in either notation', () => {
    const proxies = new TrustedProxies(['10.0.0.0/8', '192.0.2.7', 'fd00::/8']);
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.7', 'fd12::1']) expect(proxies.include(address)).toBe(true);
    for (const address of ['11.0.0.1', '192.0.2.8', 'fe80::1', undefined]) expect(proxies.include(address)).toBe(false);
  });

  it('lists everything that is no network', () => {
    const wrong = ['10.0.0.0/33', 'proxy', '10.0.0.0/8/8', '::/129', '10.0.0.0/x'];
    const problems = wrong.map((network) => `TRUSTED_PROXIES: ${network} is not a network`);
    expect(() => new TrustedProxies(['10.0.0.1', ...wrong])).toThrow(expect.objectContaining({ code: 'config.invalid', problems }));
  });
});
