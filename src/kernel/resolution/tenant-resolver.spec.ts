import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { ACCESS_TOKENS, AccessTokens } from '#kernel/resolution/access-token.js';
import { hashApiKey, mintApiKey } from '#kernel/resolution/api-key.js';
import { readCredential } from '#kernel/resolution/credential.js';
import { HostGrammar } from '#kernel/resolution/host-grammar.js';
import { type Resolution, TenantResolver } from '#kernel/resolution/tenant-resolver.js';
import type { Tenant, TenantStatus } from '#kernel/tenancy/tenant.js';

const grammar = new HostGrammar('localhost');

function tenantOf(slug: string, status: TenantStatus = 'active', region = 'eu-west'): Tenant {
  const placement = {
    kind: 'row',
    region,
    cluster: `${region}-1`,
    database: 'tenantry',
    schema: 'shared',
    secret: null,
    epoch: 1,
  } as const;
  return {
    id: `id-of-${slug}`,
    slug,
    name: slug,
    plan: 'starter',
    status,
    access: 'full',
    billedFrom: null,
    homeVersion: null,
    homeNeeds: null,
    billedUntil: null,
    overrides: [],
    region,
    placement,
  };
}

describe('TenantResolver', () => {
  const acme = tenantOf('acme');
  const globex = tenantOf('globex');
  const sleeping = (['provisioning', 'suspended', 'cancelled'] as const).map((status) => tenantOf(status, status));
  const far = tenantOf('far', 'active', 'us-east');
  const tenants = [acme, globex, far, ...sleeping];
  const keys = new Map(tenants.map((tenant) => [tenant.slug, mintApiKey()]));
  const keyOf = (slug: string): string => keys.get(slug) ?? '';
  const alerts: [string, Record<string, unknown>][] = [];
  let resolver: TenantResolver;
  let tokenOf: (tenantId: string) => Promise<string>;

  beforeAll(async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    tokenOf = (tid) =>
      new SignJWT({ tid })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'k' })
        .setSubject('m1')
        .setIssuer(ACCESS_TOKENS.issuer)
        .setAudience(ACCESS_TOKENS.audience)
        .setNotBefore('0s')
        .setExpirationTime('1m')
        .sign(privateKey);
    const find = (wanted: (tenant: Tenant) => boolean): Promise<Tenant | null> => Promise.resolve(tenants.find(wanted) ?? null);
    resolver = new TenantResolver({
      directory: {
        bySlug: (slug) => find((tenant) => tenant.slug === slug),
        byId: (id) => find((tenant) => tenant.id === id),
        refresh: (id) => find((tenant) => tenant.id === id),
        byDomain: (domain) => Promise.resolve(domain === 'tickets.acme.com' ? acme : null),
        apiKey: (hash) => {
          const [slug] = [...keys].find(([, key]) => hashApiKey(key) === hash) ?? [];
          return Promise.resolve(
            slug === undefined ? null : { id: `key-of-${slug}`, tenantId: `id-of-${slug}`, permissions: null, createdBy: null },
          );
        },
      },
      tokens: await AccessTokens.open({ keys: [{ ...(await exportJWK(privateKey)), kid: 'k' }] }),
      servedRegions: ['eu-west'],
      onAlert: (alert, details) => alerts.push([alert, details]),
    });
  });

  beforeEach(() => (alerts.length = 0));

  const resolve = async (host: string, credential?: string, tenantHeader?: string): Promise<Resolution> =>
    resolver.resolve({
      host: grammar.parse(host),
      credential: readCredential(credential === undefined ? [] : [`Bearer ${credential}`], []),
      tenantHeader,
    });

  it('takes the tenant of the host when the credential is of the same tenant', async () => {
    expect(await resolve('acme.localhost', keyOf('acme'))).toEqual({
      tenant: acme,
      principal: { kind: 'machine', id: 'key-of-acme', tenantId: acme.id, permissions: null, createdBy: null },
    });
    const { principal } = await resolve('globex.localhost', await tokenOf(globex.id));
    expect(principal).toEqual({ kind: 'member', id: 'm1', tenantId: globex.id, sessionId: null });
  });

  it('refuses the credential of another tenant as if nobody had it, and tells operators', async () => {
    for (const credential of [keyOf('globex'), await tokenOf(globex.id)]) {
      alerts.length = 0;
      await expect(resolve('acme.localhost', credential)).rejects.toMatchObject({ code: 'access.unauthenticated' });
      expect(alerts).toEqual([
        ['access.foreign-credential', { tenantId: acme.id, credentialTenantId: globex.id, kind: expect.any(String) }],
      ]);
      expect(JSON.stringify(alerts)).not.toContain(credential);
    }
  });

  it('answers unknown, unreadable and missing credentials alike', async () => {
    for (const credential of [undefined, mintApiKey(), 'tnk_short', 'a.b.c', 'x']) {
      await expect(resolve('acme.localhost', credential)).rejects.toMatchObject({ code: 'access.unauthenticated' });
    }
    expect(alerts).toEqual([]);
  });

  it('lets the credential alone decide on the machines host', async () => {
    expect((await resolve('api.localhost', keyOf('globex'))).tenant).toBe(globex);
    await expect(resolve('api.localhost')).rejects.toMatchObject({ code: 'access.unauthenticated' });
    await expect(resolve('api.localhost', keyOf('suspended'))).rejects.toMatchObject({ code: 'tenant.suspended' });
  });

  it('takes X-Tenant-Id only to agree with a machine credential', async () => {
    expect((await resolve('api.localhost', keyOf('acme'), 'acme')).tenant).toBe(acme);
    expect((await resolve('acme.localhost', keyOf('acme'), acme.id)).tenant).toBe(acme);
    for (const host of ['api.localhost', 'acme.localhost']) {
      for (const header of [globex.id, 'globex', '', 'acme, globex', 'ACME']) {
        await expect(resolve(host, keyOf('acme'), header)).rejects.toMatchObject({ code: 'access.tenant-mismatch' });
      }
    }
  });

  it('ignores X-Tenant-Id without a machine credential', async () => {
    await expect(resolve('api.localhost', undefined, acme.id)).rejects.toMatchObject({ code: 'access.unauthenticated' });
    expect((await resolve('acme.localhost', await tokenOf(acme.id), globex.id)).tenant).toBe(acme);
  });

  it('says what a tenant is before it asks who wants to know', async () => {
    await expect(resolve('nobody.localhost')).rejects.toMatchObject({ code: 'tenant.unknown' });
    for (const { slug, status } of sleeping) await expect(resolve(`${slug}.localhost`)).rejects.toMatchObject({ code: `tenant.${status}` });
  });

  it('sends a tenant of another region there, by host and by credential', async () => {
    await expect(resolve('far.localhost')).rejects.toMatchObject({ code: 'tenant.misdirected', region: 'us-east' });
    await expect(resolve('api.localhost', keyOf('far'))).rejects.toMatchObject({ code: 'tenant.misdirected' });
  });

  it('knows a verified domain and no other', async () => {
    expect((await resolve('tickets.acme.com', keyOf('acme'))).tenant).toBe(acme);
    for (const host of ['evil.com', '127.0.0.1', '[::1]'])
      await expect(resolve(host, keyOf('acme'))).rejects.toMatchObject({ code: 'host.unknown' });
  });
});
