import { HostGrammar } from '#kernel/resolution/host-grammar.js';

const grammar = new HostGrammar('app.test');
const local = new HostGrammar('localhost');

describe('HostGrammar', () => {
  it.each([
    ['acme.app.test', 'acme'],
    ['ACME.App.Test', 'acme'],
    ['acme.app.test:443', 'acme'],
    ['acme.app.test:65535', 'acme'],
    ['a.app.test', 'a'],
    ['constructor.app.test', 'constructor'],
    [`${'a'.repeat(63)}.app.test`, 'a'.repeat(63)],
  ])('reads %s as a tenant', (header, slug) => {
    expect(grammar.parse(header)).toEqual({ kind: 'tenant', slug });
  });

  it.each([
    ['app.test', ''],
    ['app.test:3000', ''],
    ['www.app.test', 'www'],
    ['API.app.test', 'api'],
    ['app.app.test', 'app'],
    ['admin.app.test:8443', 'admin'],
  ])('reads %s as a platform host', (header, name) => {
    expect(grammar.parse(header)).toEqual({ kind: 'platform', name });
  });

  it.each(['static.app.test', 'mail.app.test', 'localhost.app.test', 'webhooks.app.test', 'a.b.app.test', 'acme.www.app.test'])(
    'serves nobody at %s',
    (header) => expect(grammar.parse(header)).toEqual({ kind: 'unserved' }),
  );

  it.each([
    ['evilapp.test', true],
    ['app.test.evil.org', true],
    ['acme.example.com:8080', true],
    ['localhost', false],
    ['127.0.0.1:3000', false],
    ['[::1]:3000', false],
  ])('reads %s as foreign', (header, isDomain) => {
    expect(grammar.parse(header)).toMatchObject({ kind: 'foreign', isDomain });
  });

  it.each([
    undefined,
    '',
    ' acme.app.test',
    'acme.app.test ',
    'acme.app.test.',
    'app.test.',
    '.app.test',
    'acme..app.test',
    'acme.app.test:',
    'acme.app.test:0',
    'acme.app.test:080',
    'acme.app.test:65536',
    'acme.app.test:99999999',
    'acme.app.test:80:80',
    'acme.app.test:8o',
    'user@acme.app.test',
    'user:pass@acme.app.test',
    'acme.app.test#.evil.org',
    'acme.app.test/evil',
    'acme.app.test?x',
    'acme%2eapp.test',
    'acme%2e.app.test',
    'acme.app.test,globex.app.test',
    'acme.app.test, globex.app.test',
    'ac_me.app.test',
    '_acme-challenge.app.test',
    '-acme.app.test',
    'acme-.app.test',
    'xn--80ak6aa92e.app.test',
    'XN--80AK6AA92E.app.test',
    'acme.xn--app-test',
    'аcme.app.test',
    'ａcme.app.test',
    'acme。app.test',
    'ac\u00adme.app.test',
    'İcme.app.test',
    '\u212acme.app.test',
    'acme\t.app.test',
    'acme\r\n.app.test',
    'acme\0.app.test',
    `${'a'.repeat(64)}.app.test`,
    `${'a.'.repeat(130)}app.test`,
    '[::1',
    '[zz::1]',
    '[:::::]',
    '__proto__',
    'http://acme.app.test',
  ])('refuses %j', (header) => {
    expect(grammar.parse(header)).toEqual({ kind: 'invalid' });
  });

  it('knows a base domain of one label', () => {
    expect(local.parse('ACME.localhost:3000')).toEqual({ kind: 'tenant', slug: 'acme' });
    expect(local.parse('localhost:3000')).toEqual({ kind: 'platform', name: '' });
    expect(local.parse('acme.localhost.')).toEqual({ kind: 'invalid' });
  });
});
