import fc from 'fast-check';
import { HostGrammar } from '#kernel/resolution/host-grammar.js';
import { isSlug, slugFrom } from '#kernel/resolution/slug.js';

describe('isSlug', () => {
  it.each(['acme', 'a1b', 'acme-2', 'constructor', 'a'.repeat(40), 'ab-cd', 'abc--d', 'f'.repeat(36)])('takes %s', (text) =>
    expect(isSlug(text)).toBe(true),
  );

  it.each([
    'ab',
    'a'.repeat(41),
    'Acme',
    '-acme',
    'acme-',
    'xn--abc',
    'ab--c',
    'ac_me',
    'ac.me',
    'ácme',
    'acme\n',
    'www',
    'api',
    'admin',
    'localhost',
    '019aa0f2-0d3c-7a4b-8c55-0123456789ab',
    '',
  ])('refuses %j', (text) => expect(isSlug(text)).toBe(false));
});

describe('slugFrom', () => {
  it.each([
    ['Acme, Inc.', 'acme-inc'],
    ['Müller & Söhne GmbH', 'muller-sohne-gmbh'],
    ['Straße 7', 'strasse-7'],
    ["O'Reilly", 'oreilly'],
    ['Admin', 'admin-org'],
    ['3M', '3m-org'],
    ['XN--evil', 'xn-evil'],
    ['019aa0f2-0d3c-7a4b-8c55-0123456789ab', '019aa0f2-0d3c-7a4b-8c55-0123456789ab-org'],
  ])('names %s %s', (company, slug) => expect(slugFrom(company)).toBe(slug));

  it('gives every company a slug that is one, and whose host is a tenant', () => {
    const grammar = new HostGrammar('localhost');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (company) => {
        const slug = slugFrom(company);
        expect(isSlug(slug)).toBe(true);
        expect(grammar.parse(`${slug}.localhost`)).toEqual({ kind: 'tenant', slug });
        expect(slugFrom(company)).toBe(slug);
      }),
    );
  });
});
