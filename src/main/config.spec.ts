import { randomBytes } from 'node:crypto';
import { ConfigError, loadConfig } from '#main/config.js';

const key = randomBytes(32).toString('base64url');
const usable = {
  CATALOG_DATABASE_URL: 'postgres://tenantry_catalog:a-long-password-of-the-catalog@db.internal/tenantry_catalog',
  CLUSTERS: '/etc/tenantry/clusters.yaml',
  REDIS_URL: 'rediss://:a-long-password-of-redis@redis.internal:6379/0',
  REDIS_CACHE_URL: 'rediss://:a-long-password-of-redis@redis.internal:6379/1',
  AZURE_KEY_VAULT_URL: 'https://tenantry.vault.azure.net',
  STRIPE_API_KEY: 'sk_live_a-long-key-of-the-account',
  STRIPE_WEBHOOK_SECRETS: 'whsec_a-long-secret-of-the-webhook',
  SMTP_URL: 'smtps://tenantry:a-long-password@mail.internal',
  CAPABILITY_KEYS: `k1:${key}`,
  SIGNING_KEYS: `k1:${randomBytes(32).toString('base64url')}`,
  ACCESS_TOKEN_KEYS: JSON.stringify({ keys: [{ kty: 'EC', crv: 'P-256', kid: 'a', x: 'x', y: 'y' }] }),
  OPERATOR_TOKEN: randomBytes(24).toString('base64url'),
  BASE_DOMAIN: 'tenantry.example',
};

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
}

describe('the settings', () => {
  it('are read once, with their defaults, and frozen', () => {
    const config = loadConfig(usable);
    expect(config).toMatchObject({
      PORT: 3000,
      CONNECTIONS_PER_SERVER: 32,
      CAPABILITY_KEYS: [{ id: 'k1', key: Buffer.from(key, 'base64url') }],
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('report every problem at once', () => {
    const problems = problemsOf({ PORT: 'many', REDIS_URL: 'http://x', CAPABILITY_KEYS: 'k1:short', SMTP_URL: 'http://x' });
    for (const name of [
      'PORT',
      'REDIS_URL',
      'CAPABILITY_KEYS',
      'SIGNING_KEYS',
      'SMTP_URL',
      'CATALOG_DATABASE_URL',
      'CLUSTERS',
      'OPERATOR_TOKEN',
      'ACCESS_TOKEN_KEYS',
    ]) {
      expect(problems.some((problem) => problem.startsWith(name))).toBe(true);
    }
  });

  it('never show a value, however wrong it is', () => {
    const canary = 'canary-secret-value';
    const wrong = Object.fromEntries(Object.keys(usable).map((name) => [name, canary]));
    expect(problemsOf({ ...wrong, NODE_ENV: 'production' }).join('\n')).not.toContain(canary);
  });

  it('take an empty value for none', () => {
    expect(loadConfig({ ...usable, SERVED_REGIONS: '' }).SERVED_REGIONS).toBeUndefined();
  });

  it('say who sends mail and where the hosts are reached, when nobody did', () => {
    expect(loadConfig({ ...usable, PORT: '8080' })).toMatchObject({
      MAIL_FROM: 'Tenantry <no-reply@tenantry.example>',
      PUBLIC_PORT: 8080,
      PUBLIC_SCHEME: 'http',
    });
    expect(loadConfig({ ...usable, NODE_ENV: 'production' }).PUBLIC_SCHEME).toBe('https');
    const said = { MAIL_FROM: 'mail@tenantry.example', PUBLIC_PORT: '443', PUBLIC_SCHEME: 'https' };
    expect(loadConfig({ ...usable, ...said })).toMatchObject({ ...said, PUBLIC_PORT: 443 });
  });

  it.each(['Tenantry', 'a@b.example, c@d.example', 'Tenantry <a@b.example>\r\nBcc: c@d.example', 'Tenantry\r\nBcc: x <a@b.example>'])(
    'take no sender that is not one address: %j',
    (MAIL_FROM) => {
      expect(problemsOf({ ...usable, MAIL_FROM })).toEqual([expect.stringMatching('^MAIL_FROM: ')]);
    },
  );

  it('are enough for production when nothing is a stand-in or weak', () => {
    expect(problemsOf({ ...usable, NODE_ENV: 'production' })).toEqual([]);
  });

  it.each([
    ['a stand-in for the key vault', { AZURE_KEY_VAULT_URL: 'https://localhost:8443' }, 'AZURE_KEY_VAULT_URL'],
    ['a stand-in for the authority', { AZURE_AUTHORITY_HOST: 'https://127.0.0.1:8443' }, 'AZURE_AUTHORITY_HOST'],
    ['a stand-in for the mail server', { SMTP_URL: 'smtp://u:p@127.0.0.1:2525' }, 'SMTP_URL'],
    ['a stand-in for the object store', { S3_ENDPOINT: 'http://localhost:9000' }, 'S3_ENDPOINT'],
    ['a stand-in for Stripe', { STRIPE_API_URL: 'http://127.0.0.1:12111' }, 'STRIPE_API_URL'],
    ['localhost as the base domain', { BASE_DOMAIN: 'localhost' }, 'BASE_DOMAIN'],
    ['an operator token that is easy to guess', { OPERATOR_TOKEN: 'a'.repeat(40) }, 'OPERATOR_TOKEN'],
    ['a capability key that is not random', { CAPABILITY_KEYS: `k1:${'A'.repeat(43)}` }, 'CAPABILITY_KEYS'],
    ['a signing key that is not random', { SIGNING_KEYS: `k1:${'A'.repeat(43)}` }, 'SIGNING_KEYS'],
    ['a catalog without a good password', { CATALOG_DATABASE_URL: 'postgres://u:short@db/c' }, 'CATALOG_DATABASE_URL'],
    ['a catalog whose password cannot be decoded', { CATALOG_DATABASE_URL: 'postgres://u:%zz@db/c' }, 'CATALOG_DATABASE_URL'],
    ['a Redis without a password', { REDIS_URL: 'redis://redis.internal' }, 'REDIS_URL'],
  ])('refuse %s in production, and only there', (_what, changed, name) => {
    expect(problemsOf({ ...usable, ...changed })).toEqual([]);
    expect(problemsOf({ ...usable, ...changed, NODE_ENV: 'production' })).toEqual([expect.stringMatching(`^${name}: `)]);
  });
});
