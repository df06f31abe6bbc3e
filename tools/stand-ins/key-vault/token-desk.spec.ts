import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { TokenDesk } from './token-desk.js';

const identity = { tenantId: randomUUID(), clientId: randomUUID(), clientSecret: 's'.repeat(40), tokenKey: 'k'.repeat(40) };
const asked = {
  grant_type: 'client_credentials',
  client_id: identity.clientId,
  client_secret: identity.clientSecret,
  scope: 'https://vault.azure.net/.default',
};

describe('token desk', () => {
  it('accepts the token it issued, also after a restart', async () => {
    const token = await issue(new TokenDesk(identity, 60));
    await expect(new TokenDesk(identity, 60).accepts(`Bearer ${token}`)).resolves.toBe(true);
  });

  it('refuses a token that has expired', async () => {
    const desk = new TokenDesk(identity, 0);
    await expect(desk.accepts(`Bearer ${await issue(desk)}`)).resolves.toBe(false);
  });

  it('refuses a token signed with another key', async () => {
    const token = await issue(new TokenDesk({ ...identity, tokenKey: 'x'.repeat(40) }, 60));
    await expect(new TokenDesk(identity, 60).accepts(`Bearer ${token}`)).resolves.toBe(false);
  });

  it.each([
    ['invalid_client', { client_secret: 'wrong' }],
    ['unauthorized_client', { client_id: randomUUID() }],
    ['unsupported_grant_type', { grant_type: 'password' }],
    ['invalid_scope', { scope: 'https://graph.microsoft.com/.default' }],
  ])('answers %s to a request with %j', async (error, change) => {
    const answer = await new TokenDesk(identity, 60).issue(identity.tenantId, new URLSearchParams({ ...asked, ...change }));
    expect(answer).toMatchObject({ body: { error } });
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });

  it('knows one directory only', async () => {
    const answer = await new TokenDesk(identity, 60).issue(randomUUID(), new URLSearchParams(asked));
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });
});

async function issue(desk: TokenDesk): Promise<string> {
  const { body } = await desk.issue(identity.tenantId, new URLSearchParams(asked));
  return (body as { access_token: string }).access_token;
}
