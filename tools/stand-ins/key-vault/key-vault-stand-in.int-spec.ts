import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClientSecretCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KeyVaultStandIn, type KeyVaultStandInAccess } from './key-vault-stand-in.js';
import { askStandIn, planFaults, readLog } from '../common/stand-in-control.js';

const data = mkdtempSync(join(tmpdir(), 'key-vault-'));
let standIn: KeyVaultStandIn;
let client: SecretClient;

beforeAll(async () => {
  standIn = await KeyVaultStandIn.start({ port: 0, data });
  client = open(standIn.access);
});

afterAll(async () => {
  await standIn.stop();
  rmSync(data, { recursive: true });
});

describe('Key Vault stand-in, asked by the vendor’s client', () => {
  it('keeps every version of a secret and reads the newest', async () => {
    const first = await client.setSecret('versions', 'one');
    const second = await client.setSecret('versions', 'two', { tags: { owner: 'acme' } });
    expect(await client.getSecret('versions')).toMatchObject({
      value: 'two',
      properties: { version: second.properties.version, tags: { owner: 'acme' } },
    });
    expect(await client.getSecret('versions', { version: first.properties.version! })).toMatchObject({ value: 'one' });
    const listed = await gather(client.listPropertiesOfSecretVersions('versions'));
    expect(listed.map((each) => each.version)).toEqual([first.properties.version, second.properties.version]);
  });

  it('holds names that differ in case only for one', async () => {
    await client.setSecret('Case', 'one');
    await expect(client.getSecret('cASE')).resolves.toMatchObject({ value: 'one' });
  });

  it('refuses to read a disabled version, and reads it again once enabled', async () => {
    const { properties } = await client.setSecret('switch', 'on');
    await client.updateSecretProperties('switch', properties.version!, { enabled: false });
    await expect(client.getSecret('switch')).rejects.toMatchObject({ statusCode: 403 });
    await client.updateSecretProperties('switch', properties.version!, { enabled: true });
    await expect(client.getSecret('switch')).resolves.toMatchObject({ value: 'on' });
  });

  it('pages through more secrets than one answer holds', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `page-${String(index).padStart(2, '0')}`);
    await Promise.all(names.map((name) => client.setSecret(name, 'x')));
    const listed = (await gather(client.listPropertiesOfSecrets())).map((each) => each.name);
    expect(listed.filter((name) => name.startsWith('page-'))).toEqual(names);
  });

  it('hides a deleted secret, blocks its name, and recovers it with its versions', async () => {
    await client.setSecret('undone', 'one');
    await client.setSecret('undone', 'two');
    const deletion = await client.beginDeleteSecret('undone');
    expect((await deletion.pollUntilDone()).recoveryId).toBe(`${standIn.access.url}/deletedsecrets/undone`);
    await expect(client.getSecret('undone')).rejects.toMatchObject({ statusCode: 404, code: 'SecretNotFound' });
    await expect(client.setSecret('undone', 'three')).rejects.toMatchObject({ statusCode: 409, code: 'Conflict' });
    expect((await gather(client.listDeletedSecrets())).map((each) => each.name)).toContain('undone');
    await (await client.beginRecoverDeletedSecret('undone')).pollUntilDone();
    await expect(client.getSecret('undone')).resolves.toMatchObject({ value: 'two' });
    expect(await gather(client.listPropertiesOfSecretVersions('undone'))).toHaveLength(2);
  });

  it('forgets a purged secret, so that its name begins anew', async () => {
    await client.setSecret('purged', 'one');
    await (await client.beginDeleteSecret('purged')).pollUntilDone();
    await client.purgeDeletedSecret('purged');
    await expect(client.getDeletedSecret('purged')).rejects.toMatchObject({ statusCode: 404 });
    await client.setSecret('purged', 'two');
    expect(await gather(client.listPropertiesOfSecretVersions('purged'))).toHaveLength(1);
  });

  it('gives no token for a wrong client secret', async () => {
    const stranger = open({ ...standIn.access, clientSecret: 'not-the-secret' });
    await expect(stranger.getSecret('versions')).rejects.toThrow(/AADSTS7000215/);
  });

  it('gives a new token when the old one has run out', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'key-vault-'));
    const brief = await KeyVaultStandIn.start({ port: 0, data: folder, tokenSeconds: 1 });
    try {
      const reader = open(brief.access);
      await reader.setSecret('renewed', 'one');
      await reader.getSecret('renewed');
      expect((await readLog(brief.access)).filter((each) => each.path.endsWith('/token') && each.status === 200)).toHaveLength(2);
    } finally {
      await brief.stop();
      rmSync(folder, { recursive: true });
    }
  });

  it('keeps secrets, authority and tokens over a restart', async () => {
    await client.setSecret('kept', 'over a restart');
    const { url, ...before } = standIn.access;
    await standIn.stop();
    standIn = await KeyVaultStandIn.start({ port: Number(new URL(url).port), data });
    expect(standIn.access).toEqual({ url, ...before });
    await planFaults(standIn.access, { always: { status: 500 }, path: `/${before.tenantId}/` });
    await expect(client.getSecret('kept')).resolves.toMatchObject({ value: 'over a restart' });
    await planFaults(standIn.access, { always: null });
  });
});

describe('Key Vault stand-in, asked without a client', () => {
  it('challenges a request without a token, naming where to get one and for what', async () => {
    const { status, headers } = await askStandIn(standIn.access, 'GET', '/secrets/versions?api-version=7.5');
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toBe(
      `Bearer authorization="${standIn.access.url}/${standIn.access.tenantId}", resource="https://vault.azure.net"`,
    );
  });

  it('is reachable by the other name of this machine under the same certificate', async () => {
    const url = standIn.access.url.replace('127.0.0.1', 'localhost');
    await expect(askStandIn({ ...standIn.access, url }, 'GET', '/_control/log')).resolves.toMatchObject({ status: 200 });
  });

  it('writes what a client needs to ready.json, for its owner only, and takes it away when it stops', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'key-vault-'));
    const other = await KeyVaultStandIn.start({ port: 0, data: folder });
    const ready = join(folder, 'ready.json');
    expect(JSON.parse(readFileSync(ready, 'utf8'))).toEqual(other.access);
    await open(other.access).setSecret('private', 'x');
    for (const file of ['ready.json', 'secrets.json', 'identity.json', 'ca.key.pem'])
      expect(statSync(join(folder, file)).mode & 0o077).toBe(0);
    await other.stop();
    expect(() => statSync(ready)).toThrow(/ENOENT/);
    rmSync(folder, { recursive: true });
  });

  it('cuts a delayed answer when it stops', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'key-vault-'));
    const other = await KeyVaultStandIn.start({ port: 0, data: folder });
    await planFaults(other.access, { next: [{ delayMs: 30_000 }] });
    const waiting = askStandIn(other.access, 'GET', '/secrets/x?api-version=7.5');
    const cut = expect(waiting).rejects.toThrow();
    await planFaults(other.access, {});
    await other.stop();
    await cut;
    rmSync(folder, { recursive: true });
  });

  it('logs methods, paths and statuses, and neither values nor tokens', async () => {
    await askStandIn(standIn.access, 'DELETE', '/_control/log');
    const fresh = open(standIn.access);
    await fresh.setSecret('logged', 'a-value-never-logged');
    await fresh.getSecret('logged');
    const log = await readLog(standIn.access);
    expect(log.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
      'PUT /secrets/logged 401',
      `GET /${standIn.access.tenantId}/v2.0/.well-known/openid-configuration 200`,
      `POST /${standIn.access.tenantId}/oauth2/v2.0/token 200`,
      'PUT /secrets/logged 200',
      'GET /secrets/logged/ 200',
    ]);
    expect(JSON.stringify(log)).not.toMatch(/a-value-never-logged|eyJ|api-version/);
  });

  it.each([
    ['an unknown fault', 'POST', '/_control/faults', { next: [{ explode: true }] }, 400],
    ['an unknown switch', 'GET', '/_control/other', undefined, 404],
  ])('refuses %s', async (_what, method, path, body, status) => {
    await expect(askStandIn(standIn.access, method, path, body)).resolves.toMatchObject({ status });
  });
});

function open({ url, tenantId, clientId, clientSecret, authorityHost, caFile }: KeyVaultStandInAccess): SecretClient {
  const trust = { tlsOptions: { ca: readFileSync(caFile, 'utf8') }, retryOptions: { maxRetries: 0 } };
  const credential = new ClientSecretCredential(tenantId, clientId, clientSecret, {
    ...trust,
    authorityHost,
    disableInstanceDiscovery: true,
  });
  return new SecretClient(url, credential, { ...trust, disableChallengeResourceVerification: true });
}

async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
