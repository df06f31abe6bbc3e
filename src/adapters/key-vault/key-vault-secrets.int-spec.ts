import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { ClientSecretCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { stdSerializers } from 'pino';
import { SecretNotFoundError, SecretsUnavailableError } from '#kernel/isolation/secret-source.js';
import { KeyVaultStandIn } from '#tools/stand-ins/key-vault/key-vault-stand-in.js';
import { askStandIn, planFaults, readLog } from '#tools/stand-ins/common/stand-in-control.js';
import { KeyVaultSecrets } from './key-vault-secrets.js';

const VALUE = 'postgres://tenant:never-to-be-seen@db/tenant';
const data = mkdtempSync(join(tmpdir(), 'key-vault-'));
let standIn: KeyVaultStandIn;
let secrets: KeyVaultSecrets;
let name: string;

beforeAll(async () => {
  standIn = await KeyVaultStandIn.start({ port: 0, data });
  secrets = open();
  await secrets.set('warm', 'up');
  await secrets.get('warm');
});

beforeEach(async () => {
  name = `tenant-${randomUUID()}`;
  await askStandIn(standIn.access, 'DELETE', '/_control/log');
});

afterEach(() => planFaults(standIn.access, { always: null }));

afterAll(async () => {
  await standIn.stop();
  rmSync(data, { recursive: true });
});

describe('secrets in Key Vault', () => {
  it('reads back what was set, and changes the version with the value', async () => {
    const first = await secrets.set(name, 'one');
    const second = await secrets.set(name, 'two');
    expect(await secrets.get(name)).toEqual({ value: 'two', version: second.version });
    expect(second.version).not.toBe(first.version);
  });

  it('says which secret is not there', async () => {
    await expect(secrets.get(name)).rejects.toMatchObject({ name: SecretNotFoundError.name, code: 'secrets.not-found', secret: name });
  });

  it('deletes for good, and again when it is gone already', async () => {
    await secrets.set(name, VALUE);
    await secrets.delete(name);
    await expect(secrets.get(name)).rejects.toBeInstanceOf(SecretNotFoundError);
    await expect(vendor().getDeletedSecret(name)).rejects.toMatchObject({ statusCode: 404 });
    await expect(secrets.delete(name)).resolves.toBeUndefined();
  });

  it('finishes a deletion that stopped half-way', async () => {
    await secrets.set(name, VALUE);
    await (await vendor().beginDeleteSecret(name)).pollUntilDone();
    await secrets.delete(name);
    await expect(vendor().getDeletedSecret(name)).rejects.toMatchObject({ statusCode: 404 });
  });

  it('finishes a deletion whose answers are lost', async () => {
    await secrets.set(name, VALUE);
    await planFaults(standIn.access, { next: [{ drop: 'after' }], path: `/secrets/${name}` });
    await planFaults(standIn.access, { next: [{ drop: 'after' }], path: `/deletedsecrets/${name}` });
    await secrets.delete(name);
    expect(await asked('/secrets/')).toEqual(['PUT 200', 'DELETE 0', 'DELETE 404']);
    expect(await asked('/deletedsecrets/')).toEqual(['DELETE 0', 'DELETE 404']);
    await expect(vendor().getDeletedSecret(name)).rejects.toMatchObject({ statusCode: 404 });
  });

  it('deletes a name that the vault is still busy with', async () => {
    await secrets.set(name, VALUE);
    await planFaults(standIn.access, { next: [{ status: 409 }], path: `/secrets/${name}` });
    await planFaults(standIn.access, { next: [{ status: 409 }], path: `/deletedsecrets/${name}` });
    await secrets.delete(name);
    await expect(vendor().getDeletedSecret(name)).rejects.toMatchObject({ statusCode: 404 });
  });

  it('waits for a deletion that the vault has not finished', async () => {
    await secrets.set(name, VALUE);
    await planFaults(standIn.access, { next: [{ status: 404 }, { status: 404 }], path: `/deletedsecrets/${name}` });
    await secrets.delete(name);
    expect(await asked('/deletedsecrets/')).toEqual(['GET 404', 'GET 404', 'GET 200', 'DELETE 204']);
  });

  it('sets a name that is deleted but not purged', async () => {
    await secrets.set(name, 'one');
    await (await vendor().beginDeleteSecret(name)).pollUntilDone();
    const set = await secrets.set(name, 'two');
    expect(await secrets.get(name)).toEqual({ value: 'two', version: set.version });
  });

  it('sets a name that the vault is still purging', async () => {
    await planFaults(standIn.access, { next: [{ status: 409 }, { status: 404 }, { status: 409 }], path: `/secrets/${name}` });
    const set = await secrets.set(name, 'two');
    expect(await secrets.get(name)).toEqual({ value: 'two', version: set.version });
  });

  it('lists every name that is not deleted, past the first page', async () => {
    const prefix = randomUUID();
    const made = Array.from({ length: 30 }, (_, index) => `${prefix}-${String(index).padStart(2, '0')}`);
    await Promise.all(made.map((each) => secrets.set(each, 'x')));
    await secrets.delete(made[0]!);
    const listed: string[] = [];
    for await (const each of secrets.names()) if (each.startsWith(prefix)) listed.push(each);
    expect(listed).toEqual(made.slice(1));
  });

  it('asks for one token when many reads wait for it', async () => {
    await secrets.set(name, VALUE);
    const cold = open();
    await Promise.all(Array.from({ length: 20 }, () => cold.get(name)));
    expect(await asked(`/${standIn.access.tenantId}/oauth2`)).toEqual(['POST 200']);
  });
});

describe('secrets in a Key Vault that is unwell', () => {
  it.each([
    ['refuses', { status: 403 }],
    ['throttles', { status: 429 }],
    ['throttles for longer than a request may wait', { status: 429, retryAfter: 60 }],
    ['fails', { status: 500 }],
    ['is down', { status: 503 }],
    ['is slow', { delayMs: 30_000 }],
    ['hangs up', { drop: true as const }],
  ])('says so in under 2 s when the vault %s', async (_what, fault) => {
    await secrets.set(name, VALUE);
    await planFaults(standIn.access, { always: fault });
    const started = performance.now();
    await expect(secrets.get(name)).rejects.toMatchObject({
      name: SecretsUnavailableError.name,
      code: 'secrets.unavailable',
      secret: name,
      cause: expect.any(Error),
    });
    expect(performance.now() - started).toBeLessThan(1_900);
  });

  it.each([
    ['fails', { status: 500 }],
    ['throttles', { status: 429, retryAfter: 0 }],
    ['hangs up', { drop: true as const }],
  ])('reads at the second attempt when the vault %s once', async (_what, fault) => {
    await secrets.set(name, VALUE);
    await planFaults(standIn.access, { next: [fault] });
    await expect(secrets.get(name)).resolves.toMatchObject({ value: VALUE });
  });

  it('tries a read twice at most', async () => {
    await planFaults(standIn.access, { always: { status: 500 } });
    await expect(secrets.get(name)).rejects.toBeInstanceOf(SecretsUnavailableError);
    expect(await asked('/secrets/')).toEqual(['GET 500', 'GET 500']);
  });

  it('writes after more failures than a read would bear', async () => {
    await planFaults(standIn.access, { next: [{ status: 500 }, { drop: true }, { status: 503 }] });
    await expect(secrets.set(name, VALUE)).resolves.toMatchObject({ value: VALUE });
  });

  it('does not take a wrong address for a secret that is not there', async () => {
    await expect(open({ vaultUrl: `${standIn.access.url}/secrets/not/a-vault` }).get(name)).rejects.toBeInstanceOf(SecretsUnavailableError);
  });

  it('says so when nobody listens', async () => {
    await expect(open({ vaultUrl: 'https://127.0.0.1:1' }).get(name)).rejects.toMatchObject({
      code: 'secrets.unavailable',
      cause: { code: 'ECONNREFUSED' },
    });
  });

  it('says so in under 2 s when no token is to be had', async () => {
    await planFaults(standIn.access, { next: [{ delayMs: 30_000 }], path: `/${standIn.access.tenantId}/oauth2` });
    const started = performance.now();
    await expect(open().get(name)).rejects.toMatchObject({ code: 'secrets.unavailable' });
    expect(performance.now() - started).toBeLessThan(1_900);
  });

  it('recovers by itself after a request for a token that hung', async () => {
    await secrets.set(name, VALUE);
    await planFaults(standIn.access, { next: [{ delayMs: 30_000 }], path: `/${standIn.access.tenantId}/oauth2` });
    const cold = open();
    await expect(cold.get(name)).rejects.toBeInstanceOf(SecretsUnavailableError);
    await cold.get(name).catch(() => cold.get(name).catch(() => undefined));
    await expect(cold.get(name)).resolves.toMatchObject({ value: VALUE });
  });

  it('says so when its own secret is wrong, without repeating it', async () => {
    const error = await failure(open({ clientSecret: 'wrong-and-never-seen' }).get(name));
    expect(error).toMatchObject({ code: 'secrets.unavailable', cause: { message: expect.stringContaining('AADSTS7000215') } });
    expect(written(error)).not.toContain('wrong-and-never-seen');
  });

  it('does not trust a vault whose certificate it cannot check', async () => {
    await expect(open({ ca: undefined }).get(name)).rejects.toMatchObject({
      code: 'secrets.unavailable',
      cause: { code: expect.stringMatching(/CERT|VERIFY/) },
    });
  });

  it('never sends a token to a vault whose name is not the vendor’s, unless it is a stand-in', async () => {
    const error = await failure(open({ local: false }).get(name));
    expect(error).toMatchObject({ code: 'secrets.unavailable', cause: { message: expect.stringContaining('challenge resource') } });
    expect(await asked(`/${standIn.access.tenantId}/`)).toEqual([]);
  });

  it.each([
    ['refused', { status: 403 }],
    ['not possible', { status: 400 }],
  ])('writes no value into the error of a write that is %s', async (_what, fault) => {
    await planFaults(standIn.access, { next: [fault] });
    const error = await failure(secrets.set(name, VALUE));
    expect(error).toBeInstanceOf(SecretsUnavailableError);
    expect(written(error)).not.toContain('never-to-be-seen');
    expect(written(error)).not.toMatch(/Bearer ey/);
  });
});

function open(change: Partial<ConstructorParameters<typeof KeyVaultSecrets>[0]> = {}): KeyVaultSecrets {
  const { url, tenantId, clientId, clientSecret, authorityHost, caFile } = standIn.access;
  return new KeyVaultSecrets({
    vaultUrl: url,
    tenantId,
    clientId,
    clientSecret,
    authorityHost,
    local: true,
    ca: readFileSync(caFile, 'utf8'),
    ...change,
  });
}

function vendor(): SecretClient {
  const { url, tenantId, clientId, clientSecret, authorityHost, caFile } = standIn.access;
  const tlsOptions = { ca: readFileSync(caFile, 'utf8') };
  const credential = new ClientSecretCredential(tenantId, clientId, clientSecret, {
    tlsOptions,
    authorityHost,
    disableInstanceDiscovery: true,
  });
  return new SecretClient(url, credential, { tlsOptions, disableChallengeResourceVerification: true });
}

async function asked(prefix: string): Promise<string[]> {
  const log = await readLog(standIn.access);
  return log.filter(({ path }) => path.startsWith(prefix)).map(({ method, status }) => `${method} ${status}`);
}

function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => {
      throw new Error('It was expected to fail.');
    },
    (error: unknown) => error,
  );
}

/** Every way in which an error reaches a log. */
function written(error: unknown): string {
  return [
    inspect(error, { depth: null }),
    JSON.stringify(error),
    JSON.stringify(stdSerializers.err(error as Error)),
    JSON.stringify(stdSerializers.errWithCause(error as Error)),
  ].join('\n');
}
