import { hash } from 'node:crypto';
import { type CryptoKey, importJWK, type JWK, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';

const KEPT_AT_MOST = 10_000;

/** Who an access token speaks for. */
export interface AccessClaims {
  readonly memberId: string;
  readonly tenantId: string;
  readonly sessionId: string | null;
}

/** What tokens must say of themselves. */
export const ACCESS_TOKENS = { issuer: 'tenantry', audience: 'tenantry.api', algorithm: 'ES256', type: 'at+jwt' } as const;

/**
 * Verifies access tokens with the keys of this process and no others: nothing a token says leads anywhere. A verified token is remembered
 * until it expires, so ending a session early is not seen here.
 */
export class AccessTokens {
  readonly #verified = new LRUCache<string, AccessClaims & { readonly expiresAt: number }>({ max: KEPT_AT_MOST });

  private constructor(private readonly keys: ReadonlyMap<string, CryptoKey>) {}

  /** Takes public or private ES256 keys with a `kid` each; of a private one only the public half is used. */
  static async open(jwks: { readonly keys: readonly JWK[] }): Promise<AccessTokens> {
    const keys = jwks.keys.map(async ({ kid, kty, crv, x, y }) => {
      if (!kid) throw new TypeError('an access token key has a kid');
      return [kid, (await importJWK({ kty, crv, x, y }, ACCESS_TOKENS.algorithm)) as CryptoKey] as const;
    });
    return new AccessTokens(new Map(await Promise.all(keys)));
  }

  /** The claims, or null when the token is not to be trusted, for whatever reason. */
  async verify(token: string): Promise<AccessClaims | null> {
    const digest = hash('sha256', token, 'base64url');
    const known = this.#verified.get(digest);
    if (known && known.expiresAt > Date.now()) return known;
    this.#verified.delete(digest);
    return this.#check(token, digest);
  }

  async #check(token: string, digest: string): Promise<AccessClaims | null> {
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => this.#key(kid), {
        algorithms: [ACCESS_TOKENS.algorithm],
        issuer: ACCESS_TOKENS.issuer,
        audience: ACCESS_TOKENS.audience,
        typ: ACCESS_TOKENS.type,
        requiredClaims: ['sub', 'tid', 'exp', 'nbf'],
      });
      const { sub, tid, sid, exp } = payload;
      if (!sub || typeof tid !== 'string' || (sid !== undefined && typeof sid !== 'string')) return null;
      const claims = { memberId: sub, tenantId: tid, sessionId: sid ?? null, expiresAt: Number(exp) * 1000 };
      this.#verified.set(digest, claims);
      return claims;
    } catch {
      // Which check failed is of use to a forger only.
      return null;
    }
  }

  #key(kid: string | undefined): CryptoKey {
    const key = this.keys.get(kid ?? '');
    if (!key) throw new TypeError('unknown key');
    return key;
  }
}
