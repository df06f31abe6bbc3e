import { createHmac } from 'node:crypto';
import { jest } from '@jest/globals';
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { ACCESS_TOKENS, AccessTokens } from '#kernel/resolution/access-token.js';

const TENANT = '01970000-0000-7000-8000-00000000000a';

describe('AccessTokens', () => {
  const ours = generateKeyPair('ES256', { extractable: true });
  const theirs = generateKeyPair('ES256', { extractable: true });

  async function tokens(): Promise<AccessTokens> {
    const { privateKey } = await ours;
    return AccessTokens.open({ keys: [{ ...(await exportJWK(privateKey)), kid: 'k1' }] });
  }

  interface Changes {
    readonly payload?: JWTPayload;
    readonly header?: Record<string, unknown>;
    readonly without?: string;
    readonly stranger?: boolean;
  }

  async function sign({ payload = {}, header = {}, without, stranger = false }: Changes = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const claims: JWTPayload = {
      sub: 'm1',
      tid: TENANT,
      sid: 's1',
      iss: ACCESS_TOKENS.issuer,
      aud: ACCESS_TOKENS.audience,
      nbf: now,
      exp: now + 60,
      ...payload,
    };
    const kept = Object.fromEntries(Object.entries(claims).filter(([name]) => name !== without));
    const { privateKey } = await (stranger ? theirs : ours);
    return new SignJWT(kept).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'k1', ...header }).sign(privateKey);
  }

  it('says whom a token speaks for, the second time too', async () => {
    const verifier = await tokens();
    const token = await sign();
    for (let time = 0; time < 2; time += 1) {
      expect(await verifier.verify(token)).toMatchObject({ memberId: 'm1', tenantId: TENANT, sessionId: 's1' });
    }
  });

  it.each<[string, Changes]>([
    ['of another key', { stranger: true }],
    ['of an unknown kid', { header: { kid: 'k2' } }],
    ['without a kid', { header: { kid: undefined } }],
    ['that names its own key set', { header: { kid: 'k9', jku: 'https://evil.test/jwks' } }],
    ['of another issuer', { payload: { iss: 'evil' } }],
    ['for another audience', { payload: { aud: 'somebody' } }],
    ['of another type', { header: { typ: 'JWT' } }],
    ['without a type', { header: { typ: undefined } }],
    ['that expired', { payload: { exp: Math.floor(Date.now() / 1000) - 1 } }],
    ['that is not valid yet', { payload: { nbf: Math.floor(Date.now() / 1000) + 60 } }],
    ...['sub', 'tid', 'exp', 'nbf', 'iss', 'aud'].map((claim): [string, Changes] => [`without ${claim}`, { without: claim }]),
    ['whose tenant is no text', { payload: { tid: { toString: 'x' } } }],
    ['with a critical header it does not know', { header: { crit: ['x'], x: 1 } }],
  ])('refuses a token %s', async (_what, changes) => {
    let token: string;
    try {
      token = await sign(changes);
    } catch {
      token = `${Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: 'k1', ...changes.header })).toString('base64url')}.${(await sign()).split('.').slice(1).join('.')}`;
    }
    expect(await (await tokens()).verify(token)).toBeNull();
  });

  it('refuses a token without a signature', async () => {
    const token = new UnsecuredJWT({ sub: 'm1', tid: TENANT, nbf: 0 })
      .setIssuer(ACCESS_TOKENS.issuer)
      .setAudience(ACCESS_TOKENS.audience)
      .setExpirationTime('1m')
      .encode();
    const verifier = await tokens();
    expect(await verifier.verify(token)).toBeNull();
    const [, payload, signature] = (await sign()).split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt', kid: 'k1' })).toString('base64url');
    expect(await verifier.verify(`${none}.${payload}.`)).toBeNull();
    expect(await verifier.verify(`${none}.${payload}.${signature}`)).toBeNull();
  });

  it('refuses a token signed with the public key as if it were a shared secret', async () => {
    const [, payload] = (await sign()).split('.');
    const head = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' })).toString('base64url');
    const spki = await exportSPKI((await ours).publicKey);
    const mac = createHmac('sha256', spki).update(`${head}.${payload}`).digest('base64url');
    expect(await (await tokens()).verify(`${head}.${payload}.${mac}`)).toBeNull();
  });

  it('forgets a token the moment it expires', async () => {
    const verifier = await tokens();
    const token = await sign();
    expect(await verifier.verify(token)).not.toBeNull();
    jest.useFakeTimers({ now: Date.now() + 61_000, doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    try {
      expect(await verifier.verify(token)).toBeNull();
    } finally {
      jest.useRealTimers();
    }
  });

  it.each(['', 'a.b', 'a.b.c', 'eyJ.eyJ.sig', '...', 'x'.repeat(9_000)])('refuses %j', async (text) => {
    expect(await (await tokens()).verify(text)).toBeNull();
  });
});
