import { AmbiguousCredentialsError } from '#kernel/resolution/access.errors.js';
import { readSessionCookies, SESSION_COOKIES, writeSessionCookie } from '#kernel/resolution/session-cookies.js';

const read = (header: string | undefined): Record<string, string> => Object.fromEntries(readSessionCookies(header));

describe('the cookies of a session', () => {
  it('are read beside those of others', () => {
    expect(read('theme=dark; __Host-at=a.b.c; x=1; __Host-rt=r-_1; __Host-csrf=f.0')).toEqual({
      '__Host-at': 'a.b.c',
      '__Host-rt': 'r-_1',
      '__Host-csrf': 'f.0',
    });
    expect([read(undefined), read(''), read(';;'), read('__Host-at')]).toEqual([{}, {}, {}, {}]);
  });

  it.each(['__Host-at=a; __Host-at=b', '__Host-at=a; x=1; __Host-at=a', '__Host-rt=; __Host-rt=r', '__Host-csrf=f;__Host-csrf=f'])(
    'are refused when one comes twice: %s',
    (header) => {
      expect(() => readSessionCookies(header)).toThrow(AmbiguousCredentialsError);
    },
  );

  it.each([
    'at=a',
    'Host-at=a',
    '__host-at=a',
    '__HOST-AT=a',
    '__Secure-at=a',
    'x=1;  __Host-at=a',
    ' __Host-at=a',
    '\t__Host-at=a',
    'x=1; \u00a0__Host-at=a',
    '__Host-at =a',
    '$__Host-at=a',
    '"__Host-at"=a',
    '__Host-at[]=a',
    '__Host-at%20=a',
    '=__Host-at=a',
    '__Host-at="a"',
    '__Host-at=a b',
    '__Host-at=a,b',
    '__Host-at=',
    `__Host-at=${'a'.repeat(2_049)}`,
  ])('are nothing that only looks like them: %j', (header) => {
    expect(read(header)).toEqual({});
  });

  it('are written so that no other host can set or read them', () => {
    for (const name of Object.values(SESSION_COOKIES)) {
      const cookie = writeSessionCookie(name, 'v', 60);
      expect(cookie).toMatch(/^__Host-[a-z]+=v; Path=\/; Max-Age=60; Secure; SameSite=(Lax|Strict)(; HttpOnly)?$/);
      expect(cookie).not.toMatch(/domain/i);
      expect(cookie.includes('HttpOnly')).toBe(name !== SESSION_COOKIES.forgery);
    }
  });
});
