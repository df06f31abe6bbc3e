import { randomUUID } from 'node:crypto';
import { type CryptoKey, importJWK, type JWK, SignJWT } from 'jose';
import { ACCESS_TOKENS } from '#kernel/resolution/access-token.js';

/** How long an access token is good for, in seconds. What must end sooner is looked up at every request. */
export const ACCESS_TOKEN_SECONDS = 600;

/** Whom a new token speaks for. */
export interface AccessGrant {
  readonly memberId: string;
  readonly tenantId: string;
  readonly sessionId: string;
  /** When the password was last given. */
  readonly authenticatedAt: Date;
}

/** Signs access tokens with the first private key of the set; the others are there to verify with. */
export class AccessTokenIssuer {
  private constructor(
    private readonly key: CryptoKey,
    private readonly kid: string,
  ) {}

  /** Raises TypeError when no key of the set can sign. */
  static async open(jwks: { readonly keys: readonly JWK[] }): Promise<AccessTokenIssuer> {
    const own = jwks.keys.find(({ d, kid }) => d !== undefined && kid !== undefined);
    if (!own?.kid) throw new TypeError('one access token key is a private one with a kid');
    return new AccessTokenIssuer((await importJWK(own, ACCESS_TOKENS.algorithm)) as CryptoKey, own.kid);
  }

  /** A token that is valid from `at` on. */
  issue({ memberId, tenantId, sessionId, authenticatedAt }: AccessGrant, at: Date): Promise<string> {
    const from = secondsOf(at);
    return new SignJWT({ tid: tenantId, sid: sessionId, auth_time: secondsOf(authenticatedAt) })
      .setProtectedHeader({ alg: ACCESS_TOKENS.algorithm, typ: ACCESS_TOKENS.type, kid: this.kid })
      .setIssuer(ACCESS_TOKENS.issuer)
      .setAudience(ACCESS_TOKENS.audience)
      .setSubject(memberId)
      .setJti(randomUUID())
      .setIssuedAt(from)
      .setNotBefore(from)
      .setExpirationTime(from + ACCESS_TOKEN_SECONDS)
      .sign(this.key);
  }
}

function secondsOf(at: Date): number {
  return Math.floor(at.getTime() / 1_000);
}
