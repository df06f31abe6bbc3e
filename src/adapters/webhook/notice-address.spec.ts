import { noticeUrl } from '#adapters/webhook/notice-address.js';
import { isOpenAddress } from '#kernel/resolution/ip-address.js';

describe('an address that a stranger gave', () => {
  it.each(['8.8.8.8', '1.1.1.1', '172.15.255.255', '192.167.1.1', '2606:4700:4700::1111', '2001:4860:4860::8888'])(
    'may be of the open internet (%s)',
    (address) => expect(isOpenAddress(address)).toBe(true),
  );

  it.each([
    ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.168.1.1', '198.18.0.1'],
    ...[
      '224.0.0.1',
      '255.255.255.255',
      '::',
      '::1',
      '::ffff:127.0.0.1',
      '::ffff:8.8.8.8',
      'fe80::1',
      'fc00::1',
      'fd12::1',
      '64:ff9b::a00:1',
    ],
    ...['2002:7f00:1::', '2001:0:4136:e378::', '2001:db8::1', 'ff02::1', 'localhost', ''],
  ])('is not followed into this machine or a private network (%s)', (address) => expect(isOpenAddress(address)).toBe(false));

  it.each([
    'http://example.com/',
    'ftp://example.com/',
    'https://user:secret@example.com/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://10.0.0.1/',
    'not an address',
  ])('is refused in production (%s)', (text) => expect(() => noticeUrl(text, false)).toThrow('notifyUrl'));

  it('may be this machine, in the clear too, where there is nobody else', () => {
    for (const text of ['http://localhost:1234/hook', 'http://127.0.0.1/hook', 'http://[::1]:9/', 'https://localhost/'])
      expect(noticeUrl(text, true).href).toBe(text);
    expect(() => noticeUrl('http://10.0.0.1/', true)).toThrow('https');
    expect(() => noticeUrl('https://10.0.0.1/', true)).toThrow('open internet');
    expect(noticeUrl('https://example.com/hook?a=b', false).href).toBe('https://example.com/hook?a=b');
  });
});
