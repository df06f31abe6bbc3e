import type { AccessToken } from '@azure/identity';
import { describe, expect, it } from '@jest/globals';
import { SharedTokenCredential } from './shared-token.credential.js';

describe('shared token', () => {
  it('is asked for once by all who wait for it', async () => {
    const source = new TokenSource();
    const shared = new SharedTokenCredential(source);
    const tokens = await Promise.all([shared.getToken('vault'), shared.getToken('vault'), shared.getToken('vault')]);
    expect(tokens.map((token) => token?.token)).toEqual(['vault-1', 'vault-1', 'vault-1']);
  });

  it('is asked for again once it was given, or refused', async () => {
    const source = new TokenSource();
    const shared = new SharedTokenCredential(source);
    await shared.getToken('vault');
    source.refuses = true;
    await expect(shared.getToken('vault')).rejects.toThrow('refused');
    source.refuses = false;
    await expect(shared.getToken('vault')).resolves.toMatchObject({ token: 'vault-3' });
  });

  it('is not given to one who asked for another', async () => {
    const shared = new SharedTokenCredential(new TokenSource());
    const tokens = await Promise.all([shared.getToken('vault', { claims: 'a' }), shared.getToken('vault', { claims: 'b' })]);
    expect(tokens.map((token) => token?.token)).toEqual(['vault-1', 'vault-2']);
  });
});

class TokenSource {
  refuses = false;
  private asked = 0;

  async getToken(scope: string | string[]): Promise<AccessToken> {
    const token = `${String(scope)}-${++this.asked}`;
    await Promise.resolve();
    if (this.refuses) throw new Error('refused');
    return { token, expiresOnTimestamp: Date.now() + 60_000 };
  }
}
