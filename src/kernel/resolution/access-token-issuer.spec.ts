import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, type JWK } from 'jose';
import { AccessTokenIssuer } from '#kernel/resolution/access-token-issuer.js';
import { AccessTokens } from '#kernel/resolution/access-token.js';

const grant = { memberId: 'm1', tenantId: 't1', sessionId: 's1', authenticatedAt: new Date('2030-01-01T00:00:00Z') };

async function pair(kid: string): Promise<{ own: JWK; open: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return { own: { ...(await exportJWK(privateKey)), kid }, open: { ...(await exportJWK(publicKey)), kid } };
}

describe('AccessTokenIssuer', () => {
  it('makes tokens that are verified as those of their member, for ten minutes', async () => {
    const { own } = await pair('k1');
    const at = new Date();
    const token = await (await AccessTokenIssuer.open({ keys: [own] })).issue(grant, at);
    const verifier = await AccessTokens.open({ keys: [own] });
    expect(await verifier.verify(token)).toMatchObject({ memberId: 'm1', tenantId: 't1', sessionId: 's1' });
    const { iat, exp, auth_time } = decodeJwt(token);
    expect([Number(exp) - Number(iat), auth_time]).toEqual([600, 1_893_456_000]);
  });

  it('makes no two alike', async () => {
    const { own } = await pair('k1');
    const issuer = await AccessTokenIssuer.open({ keys: [own] });
    const at = new Date();
    expect(await issuer.issue(grant, at)).not.toBe(await issuer.issue(grant, at));
  });

  it('signs with the first private key, while the public ones of others are verified with', async () => {
    const [old, next] = await Promise.all([pair('old'), pair('next')]);
    const token = await (await AccessTokenIssuer.open({ keys: [old.open, next.own] })).issue(grant, new Date());
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: 'next' });
    expect(await (await AccessTokens.open({ keys: [old.own, next.open] })).verify(token)).not.toBeNull();
  });

  it('does not begin without a private key', async () => {
    const { open } = await pair('k1');
    await expect(AccessTokenIssuer.open({ keys: [open] })).rejects.toThrow(TypeError);
  });
});
