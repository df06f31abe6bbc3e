import { timingSafeEqual } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import type { Identity } from './identity.js';
import type { Answer } from '../common/answer.js';

const RESOURCE = 'https://vault.azure.net';

/** Issues access tokens for a client secret as Entra does, and recognises them; they outlive a restart, but not their hour. */
export class TokenDesk {
  private readonly key: Uint8Array;

  constructor(
    private readonly identity: Identity,
    private readonly lifetimeSeconds: number,
  ) {
    this.key = new TextEncoder().encode(identity.tokenKey);
  }

  async issue(tenantId: string, form: URLSearchParams): Promise<Answer> {
    const { identity, lifetimeSeconds } = this;
    if (tenantId !== identity.tenantId) return refusal(400, 'invalid_request', `AADSTS90002: Tenant '${tenantId}' not found.`);
    if (form.get('grant_type') !== 'client_credentials')
      return refusal(400, 'unsupported_grant_type', 'AADSTS70003: The app requested an unsupported grant type.');
    if (form.get('client_id') !== identity.clientId)
      return refusal(400, 'unauthorized_client', 'AADSTS700016: The application was not found in the directory.');
    if (!isSame(form.get('client_secret') ?? '', identity.clientSecret))
      return refusal(401, 'invalid_client', 'AADSTS7000215: Invalid client secret provided.');
    if (!(form.get('scope') ?? '').split(' ').includes(`${RESOURCE}/.default`))
      return refusal(400, 'invalid_scope', 'AADSTS70011: The provided scope is not valid.');
    const token = await this.sign();
    return {
      status: 200,
      body: { token_type: 'Bearer', expires_in: lifetimeSeconds, ext_expires_in: lifetimeSeconds, access_token: token },
    };
  }

  async accepts(authorization: string | undefined): Promise<boolean> {
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    if (!token) return false;
    return jwtVerify(token, this.key, { audience: RESOURCE, algorithms: ['HS256'] }).then(
      () => true,
      () => false,
    );
  }

  /** The 401 that tells a client where to get a token, and for what. */
  challenge(url: string): Answer {
    return {
      status: 401,
      headers: { 'www-authenticate': `Bearer authorization="${url}/${this.identity.tenantId}", resource="${RESOURCE}"` },
      body: { error: { code: 'Unauthorized', message: 'AKV10000: Request is missing a Bearer or PoP token.' } },
    };
  }

  private sign(): Promise<string> {
    const claims = { appid: this.identity.clientId, tid: this.identity.tenantId };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setAudience(RESOURCE)
      .setIssuedAt()
      .setExpirationTime(`${this.lifetimeSeconds} seconds`)
      .sign(this.key);
  }
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function refusal(status: number, error: string, error_description: string): Answer {
  return { status, body: { error, error_description, error_codes: [Number(/\d+/.exec(error_description)?.[0])] } };
}
