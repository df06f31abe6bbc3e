import { mintApiKey } from '#kernel/resolution/api-key.js';
import { readCredential } from '#kernel/resolution/credential.js';

const key = mintApiKey();

describe('readCredential', () => {
  it('finds an API key in either header, and the same one in both', () => {
    const found = { kind: 'api-key', text: key };
    expect(readCredential([`Bearer ${key}`], [])).toEqual(found);
    expect(readCredential([`bearer  ${key}`], [])).toEqual(found);
    expect(readCredential([], [key])).toEqual(found);
    expect(readCredential([`Bearer ${key}`], [key])).toEqual(found);
  });

  it('finds an access token in Authorization only', () => {
    expect(readCredential(['Bearer a.b.c'], [])).toEqual({ kind: 'access-token', text: 'a.b.c' });
    expect(readCredential([], ['a.b.c'])).toEqual({ kind: 'unreadable' });
  });

  it.each([
    [[`Bearer ${key}`], [mintApiKey()]],
    [[`Bearer ${key}`, 'Bearer a.b.c'], []],
    [[], [key, mintApiKey()]],
    [['Basic eDp5'], [key]],
  ])('refuses two that differ', (authorization, apiKey) => {
    expect(() => readCredential(authorization, apiKey)).toThrow(expect.objectContaining({ code: 'access.ambiguous-credentials' }));
  });

  it.each(['Basic eDp5', 'Bearer', 'Bearer ', `Bearer ${key}, Bearer x`, 'Bearer x'])('cannot read %j', (header) => {
    expect(readCredential([header], [])).toEqual({ kind: 'unreadable' });
  });

  it('finds none in a request that has none', () => expect(readCredential([], [])).toBeNull());
});
