import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/identity';

/** One token request at a time for all who wait for the same token; an impatient caller does not cancel it for the others. */
export class SharedTokenCredential implements TokenCredential {
  private readonly pending = new Map<string, Promise<AccessToken | null>>();

  constructor(private readonly credential: TokenCredential) {}

  getToken(scopes: string | string[], options: GetTokenOptions = {}): Promise<AccessToken | null> {
    const { tenantId, claims, enableCae } = options;
    const key = JSON.stringify([scopes, tenantId, claims, enableCae]);
    const pending = this.pending.get(key);
    if (pending) return pending;
    const token = this.credential.getToken(scopes, { tenantId, claims, enableCae }).finally(() => this.pending.delete(key));
    this.pending.set(key, token);
    return token;
  }
}
