import { randomBytes } from 'node:crypto';
import { ForgeryGuard } from '#kernel/resolution/forgery-guard.js';
import { CrossSiteRequestError, ForgeryTokenMismatchError, ForgeryTokenMissingError } from '#kernel/resolution/forgery.errors.js';
import { SigningKeys } from '#kernel/signing/signing-keys.js';

const masters = [1, 2].map((number) => ({ id: `k${number}`, key: randomBytes(32) }));
const guard = new ForgeryGuard(new SigningKeys(masters), 'https');
const session = { tenantId: 't1', sessionId: 's1' };
const host = 'acme.app.test';

describe('an anti-forgery token', () => {
  it('is good for its own session, and another each time', () => {
    const [one, two] = [guard.mint(session), guard.mint(session)];
    expect(one).not.toBe(two);
    for (const token of [one, two]) expect(() => guard.requireToken(session, token)).not.toThrow();
  });

  it.each([
    ['another session', { ...session, sessionId: 's2' }],
    ['another tenant', { ...session, tenantId: 't2' }],
    ['ids that only read the same together', { tenantId: 't1s', sessionId: '1' }],
  ])('is worth nothing for %s', (_what, other) => {
    expect(() => guard.requireToken(other, guard.mint(session))).toThrow(ForgeryTokenMismatchError);
  });

  it('is worth nothing when it was not made here, or was changed', () => {
    const token = guard.mint(session);
    const stranger = new ForgeryGuard(new SigningKeys([{ id: 'k', key: randomBytes(32) }]), 'https');
    const flipped = `${token.startsWith('0') ? '1' : '0'}${token.slice(1)}`;
    for (const given of [stranger.mint(session), flipped, token.toUpperCase(), `${token} `, token.slice(1), 'x', '.'])
      expect(() => guard.requireToken(session, given)).toThrow(ForgeryTokenMismatchError);
    for (const given of [undefined, '']) expect(() => guard.requireToken(session, given)).toThrow(ForgeryTokenMissingError);
  });

  it('is still good while its key is being rotated out', () => {
    const after = new ForgeryGuard(new SigningKeys([masters[1]!, masters[0]!]), 'https');
    expect(() => after.requireToken(session, guard.mint(session))).not.toThrow();
  });
});

describe('the page that asks', () => {
  const pages = {
    own: { host, origin: 'https://acme.app.test', site: 'same-origin' },
    'own, by a browser that says the origin alone': { host, origin: 'https://acme.app.test', site: undefined },
    'own, by a browser that says the site alone': { host, origin: undefined, site: 'same-origin' },
    'none, but the person themselves': { host, origin: undefined, site: 'none' },
  };
  const foreign = {
    "a neighbour's": { host, origin: 'https://globex.app.test', site: 'same-site' },
    "a neighbour's, by a browser that says the site alone": { host, origin: undefined, site: 'same-site' },
    "a neighbour's, by a browser that says the origin alone": { host, origin: 'https://globex.app.test', site: undefined },
    "somebody's": { host, origin: 'https://evil.test', site: 'cross-site' },
    "somebody's that claims our site": { host, origin: 'https://evil.test', site: 'same-origin' },
    'one without an origin of its own': { host, origin: 'null', site: undefined },
    'ours without encryption': { host, origin: 'http://acme.app.test', site: undefined },
    'ours at another port': { host, origin: 'https://acme.app.test:8443', site: undefined },
    'one that begins like ours': { host, origin: 'https://acme.app.test.evil.test', site: undefined },
    'two at once': { host, origin: 'https://acme.app.test, https://evil.test', site: undefined },
    'one that says something unknown': { host, origin: 'https://acme.app.test', site: 'same-party' },
  };

  it.each(Object.entries(pages))('is let through: %s', (_what, page) => {
    expect(() => guard.requireOwnPage(page)).not.toThrow();
    expect(() => guard.refuseForeignPage(page)).not.toThrow();
  });

  it.each(Object.entries(foreign))('is refused: %s', (_what, page) => {
    expect(() => guard.requireOwnPage(page)).toThrow(CrossSiteRequestError);
    expect(() => guard.refuseForeignPage(page)).toThrow(CrossSiteRequestError);
  });

  it('must be told where a browser sends something by itself', () => {
    const mute = { host, origin: undefined, site: undefined };
    expect(() => guard.requireOwnPage(mute)).toThrow(CrossSiteRequestError);
    expect(() => guard.refuseForeignPage(mute)).not.toThrow();
  });
});
