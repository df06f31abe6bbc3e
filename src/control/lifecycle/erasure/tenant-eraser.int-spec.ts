import { ErasureBook } from '#catalog/lifecycle/erasure-book.js';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { Queue } from 'bullmq';
import { TENANT_QUEUE } from '#adapters/bullmq/bullmq-transport.js';
import { openVaultClients } from '#adapters/key-vault/vault-clients.js';
import { identifier } from '#adapters/postgres/session.js';
import type { TenantOrder } from '#catalog/tenants/tenant-registry.js';
import { certificateProblems, fileOf } from '#control/lifecycle/erasure/erasure-certificate.js';
import type { TenantStore } from '#control/lifecycle/tenant-store.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { queuePlace } from '#main/queue-place.js';
import { isStandInVault } from '#main/stand-in-vault.js';
import { CANCELLED_AT, ErasureStage } from '#testing/lifecycle/erasure-stage.js';
import { TIERS } from '#testing/test-platform.js';

let stage: ErasureStage;
beforeAll(async () => {
  stage = await ErasureStage.open();
});
afterAll(() => stage.close());
beforeEach(() => stage.setDay(90));

const EMPTY = { queue: [], postgresql: [], 'object-store': [], 'key-vault': [], billing: [], redis: [] };

/** What is there of a tenant in every store and in the catalog, to be compared. */
async function everythingOf(tenant: Tenant): Promise<unknown> {
  const lasting = { ...(await stage.findings(tenant)), redis: 'a cache' };
  const keys = await stage.catalog('select count(*)::int as count from api_key where tenant_id = ?', [tenant.id]);
  return { lasting, keys, status: (await stage.tests.provisioning.tenants.get(tenant.id)).status };
}

describe.each(TIERS)('a cancelled tenant of the %s tier', (tier) => {
  it('takes the logins of its auditors with it, and those of nobody else', async () => {
    const { acme, globex } = await stage.tests.pair(tier);
    const wish = { email: 'auditor@example.test', expiresAt: new Date(Date.now() + 3_600_000), reason: 'an audit' };
    const { auditors } = stage.tests.platform;
    const [mine, theirs] = [await auditors.grant(acme.id, wish), await auditors.grant(globex.id, wish)];
    await stage.cancel(acme);
    expect((await stage.findings(acme))['postgresql']).toContainEqual({
      kind: `role ${mine.role} on ${acme.placement.cluster}`,
      count: 1,
    });
    await stage.eraser().erase(stage.order(acme));
    const left = await stage.asSuperuser(globex.placement.cluster, globex.placement.database, (superuser) =>
      superuser.run('select rolname from pg_roles where rolname = any($1)', [[mine.role, theirs.role]]),
    );
    expect(left).toEqual([{ rolname: theirs.role }]);
  });

  it('is erased everywhere on its day, provably, and its neighbour is not touched', async () => {
    const { acme, globex } = await stage.pair(tier);
    const before = await everythingOf(globex);
    for (const { id } of [acme, globex]) await stage.notice(id);
    const found = await stage.findings(acme);
    expect(
      Object.entries(found)
        .filter(([, left]) => left.length === 0)
        .map(([name]) => name),
    ).toEqual(tier === 'database' ? ['queue'] : ['queue', 'key-vault']);
    const certificate = await stage.eraser().erase(stage.order(acme));

    expect(await stage.findings(acme)).toEqual(EMPTY);
    expect(await everythingOf(globex)).toEqual(before);
    await expect(stage.tests.provisioning.tenants.get(acme.id)).rejects.toMatchObject({ code: 'tenant.unknown' });
    const file = fileOf(certificate);
    expect(certificateProblems(JSON.parse(JSON.stringify(file)), [stage.signer.publicKey])).toEqual([]);
    expect(file.certificate).toMatchObject({
      tenantId: acme.id,
      ...{ requestedBy: 'Ada', reason: 'the contract is over', cancelledAt: CANCELLED_AT.toISOString() },
    });
    expect(file.certificate.stores.map(({ name, left }) => [name, left])).toEqual(
      [...Object.keys(EMPTY), 'catalog'].map((name) => [name, 0]),
    );
    expect(JSON.stringify(file)).not.toContain(acme.slug);
    const rows = file.certificate.stores.find(({ name }) => name === 'catalog')?.found.map(({ kind }) => kind);
    expect(rows).toEqual(expect.arrayContaining(['rows of "api_key"', 'rows of "domain"', 'rows of "placement"', 'rows of "tenant"']));
    const [event] = await stage.catalog('select action, targets from platform_audit_event where seq = ?', [file.certificate.auditSeq]);
    expect(event).toEqual({ action: 'tenant.erase', targets: [{ type: 'tenant', id: acme.id }] });
    // The chain of the platform's record is never cut, and has no name in it; notices know a tenant by its customer.
    const named = await stage.catalog(
      `select id from platform_audit_event where (details::text || changes::text || context::text) like ?`,
      [`%${acme.slug}%`],
    );
    expect(named).toEqual([]);
    const notices = await stage.catalog('select customer_id from stripe_event where customer_id = any(?)', [
      `{cus_${acme.id},cus_${globex.id}}`,
    ]);
    expect(notices).toEqual([{ customer_id: `cus_${globex.id}` }]);
    // Asked for once more, the same proof.
    expect(await stage.eraser().erase(stage.order(acme))).toEqual(certificate);
  }, 180_000);

  it('has no leftover that was planted past every door: each is found and named, and goes', async () => {
    const { acme, globex } = await stage.pair(tier);
    await stage.eraser().erase(stage.order(acme));
    expect(await stage.findings(acme)).toEqual(EMPTY);
    await plant(acme, globex);
    const before = await everythingOf(globex);
    const found = await stage.findings(acme);
    const kinds = Object.fromEntries(
      Object.entries(found).map(([name, left]) => [name, left.map(({ kind }) => kind.replace(/planted_[0-9a-f]+/, 'planted'))]),
    );
    expect(kinds['postgresql']).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^rows of shared\.mail_refusal on /),
        expect.stringMatching(/^rows of planted\.notes on /),
        expect.stringMatching(/^rows of tenancy\.fence on /),
        expect.stringMatching(/^database planted on /),
        ...(tier === 'row' ? [] : [expect.stringMatching(/^role /)]),
      ]),
    );
    expect(kinds['queue']).toEqual(['jobs of tenant-work']);
    expect(found['object-store']).toEqual([{ kind: 'objects', count: 2 }]);
    expect(kinds['key-vault']).toEqual(['secrets', 'deleted secrets that could be recovered']);
    expect(kinds['billing']).toEqual(['customers']);
    expect(kinds['redis']?.toSorted()).toEqual(
      expect.arrayContaining([
        ...['keys planted:spec', 'keys planted:spec:value', 'keys planted:spec:hash', 'entries of sets planted:spec:set'],
        ...['entries of zsets planted:spec:zset', 'entries of lists planted:spec:list', 'entries of streams planted:spec:stream'],
      ]),
    );
    for (const store of stage.stores) await store.erase(acme);
    expect(await stage.findings(acme)).toEqual(EMPTY);
    expect(await everythingOf(globex)).toEqual(before);
  }, 180_000);
});

describe('an erasure', () => {
  it('is refused before the retention is over, on legal hold whatever the day, and of who is not cancelled', async () => {
    const { acme, globex } = await stage.pair('row');
    const before = await stage.findings(acme);
    stage.setDay(89);
    const tried = (tenant: Tenant, early = false): Promise<unknown> =>
      stage
        .eraser()
        .erase(stage.order(tenant, early))
        .then(() => 'erased', codeOf);
    expect(await tried(acme)).toBe('lifecycle.retention-not-over');
    stage.setDay(90);
    await stage.hold(acme);
    expect([await tried(acme), await tried(acme, true)]).toEqual(['lifecycle.legal-hold', 'lifecycle.legal-hold']);
    expect([await tried(globex), await tried(globex, true)]).toEqual(['lifecycle.not-cancelled', 'lifecycle.not-cancelled']);
    expect(await stage.findings(acme)).toEqual(before);
    await stage.catalog('delete from tenant_legal_hold where tenant_id = ?', [acme.id]);
    stage.setDay(0);
    expect([await tried(acme), await tried(acme, true)]).toEqual(['lifecycle.retention-not-over', 'erased']);
  });

  it('is refused on legal hold also of who was cancelled before there was a retention', async () => {
    const { acme, globex } = await stage.tests.pair('row');
    for (const tenant of [acme, globex]) await stage.tests.provisioning.provisioner.setStatus(tenant.id, 'cancelled');
    await stage.hold(acme);
    await expect(stage.eraser().erase(stage.order(acme, true))).rejects.toMatchObject({ code: 'lifecycle.legal-hold' });
    const { catalog, announce } = stage.tests.platform;
    const since = await new ErasureBook(catalog, announce).requireErasable(globex.id, new Date(), { early: true });
    await stage.eraser().erase({ ...stage.order(globex, true), earlyFor: since.toISOString() });
    expect((await stage.tests.provisioning.tenants.get(acme.id)).status).toBe('cancelled');
  });

  it('goes on where it broke off, whichever store failed and however often, and ends with nothing left', async () => {
    const { acme, globex } = await stage.pair('schema');
    const before = await everythingOf(globex);
    // A long way for each of them would be a long wait.
    for (const [at, failing] of stage.stores.entries()) {
      const broken = failingIn(failing, at % 2 === 0 ? 'search' : 'erase');
      await expect(stage.eraser([broken, ...stage.stores.slice(at + 1)]).erase(stage.order(acme))).rejects.toThrow('out of reach');
      expect(await stage.tombstones.find(acme.id)).toBeNull();
    }
    await stage.eraser().erase(stage.order(acme));
    expect([await stage.findings(acme), await everythingOf(globex)]).toEqual([EMPTY, before]);
  }, 180_000);

  it('gives no certificate while a store has something left', async () => {
    const { acme } = await stage.pair('row');
    const stubborn: TenantStore = {
      name: 'attic',
      search: () => Promise.resolve([{ kind: 'boxes', count: 2 }]),
      erase: () => Promise.resolve(),
    };
    const tried = stage.eraser([...stage.stores, stubborn]).erase(stage.order(acme));
    await expect(tried).rejects.toMatchObject({ code: 'lifecycle.leftovers', left: [{ store: 'attic', kind: 'boxes', count: 2 }] });
    expect([await stage.tombstones.find(acme.id), (await stage.tests.provisioning.tenants.get(acme.id)).status]).toEqual([
      null,
      'cancelled',
    ]);
  });

  it('and a reactivation in the same moment: exactly one of them happens, fifty times', async () => {
    const { acme, globex } = await stage.tests.pair('row');
    const outcomes: string[] = [];
    for (let round = 0; round < 50; round += 1) {
      await stage.catalog(`update tenant set status = 'cancelled' where id = ?`, [acme.id]);
      await stage.catalog('delete from tenant_retention where tenant_id = ?', [acme.id]);
      await stage.retain(acme);
      const [erasing, back] = await Promise.all([
        stage.book.begin(acme.id, stage.clock.now(), null).then(() => true, codeOf),
        reactivate(acme),
      ]);
      expect([erasing, back]).toEqual(back ? ['lifecycle.not-cancelled', true] : [true, false]);
      outcomes.push(back ? 'back' : 'erasing');
      const [{ status } = { status: '' }] = await stage.catalog('select status from tenant where id = ?', [acme.id]);
      expect(status).toBe(back ? 'active' : 'cancelled');
    }
    expect((await stage.tests.provisioning.tenants.get(globex.id)).status).toBe('active');
    process.stdout.write(`reactivation won ${String(outcomes.filter((outcome) => outcome === 'back').length)} of 50\n`);
  });

  it('leaves a tombstone: the id never comes back, nor the name within a year, and what was changed proves nothing', async () => {
    const { acme, globex } = await stage.pair('row');
    const certificate = await stage.eraser().erase(stage.order(acme));
    const { tenants } = stage.tests.provisioning;
    const reserve = (one: TenantOrder) => stage.tests.platform.catalog.em.fork().transactional((em) => tenants.reserve(em, one));
    const order = { name: 'x', adminEmail: 'a@b.test', plan: 'starter', region: 'eu-west', placement: acme.placement };
    const restored = reserve({ ...order, id: acme.id, slug: `other-${acme.slug}` });
    await expect(restored).rejects.toMatchObject({ code: 'lifecycle.erased' });
    await expect(reserve({ ...order, id: randomUUIDv7(), slug: acme.slug })).rejects.toMatchObject({ code: 'catalog.slug-taken' });
    expect(await stage.tombstones.among([acme.id, globex.id])).toEqual([acme.id]);

    const file = fileOf(certificate);
    const changed = { ...file, certificate: { ...file.certificate, reason: 'another' } };
    expect(certificateProblems(changed, [stage.signer.publicKey])).toEqual(['the signature is not that of what it says']);
    expect(certificateProblems(file, ['another key'])).toEqual(['it is signed with a key that the platform never had']);
    expect(certificateProblems({ ...file, more: 1 }, [stage.signer.publicKey])).toEqual(['it is not an erasure certificate']);
    for (const text of ['delete from tombstone', `update erasure_certificate set document = '{}'`])
      await expect(stage.catalog(text)).rejects.toMatchObject({ code: '42501' });
  });
});

function codeOf(error: unknown): string {
  return (error as { code: string }).code;
}

function failingIn(store: TenantStore, step: 'search' | 'erase'): TenantStore {
  const fail = (): Promise<never> => Promise.reject(new Error(`${store.name} is out of reach`));
  return { name: store.name, search: (tenant) => store.search(tenant), erase: (tenant) => store.erase(tenant), [step]: fail };
}

/** As whoever takes a cancellation back has to: with the tenant's row in hand, and only while nothing was begun. */
function reactivate(tenant: Tenant): Promise<boolean> {
  return stage.tests.platform.catalog.em.fork().transactional(async (em) => {
    await em.execute('select from tenant where id = ? for update', [tenant.id]);
    const [kept] = await em.execute<object[]>(`delete from tenant_retention where tenant_id = ? and state = 'kept' returning tenant_id`, [
      tenant.id,
    ]);
    if (kept) await em.execute(`update tenant set status = 'active' where id = ?`, [tenant.id]);
    return kept !== undefined;
  });
}

/** One of everything, in every store, past every door of ours; on the other region's server too. */
async function plant(acme: Tenant, globex: Tenant): Promise<void> {
  const { platform, provisioning } = stage.tests;
  const name = `planted_${randomBytes(6).toString('hex')}`;
  const elsewhere = provisioning.clusters.find(({ name: cluster }) => cluster !== acme.placement.cluster)?.name ?? acme.placement.cluster;
  const opaque = [acme.placement.schema, acme.placement.database]
    .find((part) => /_[0-9a-f]{20}$/.test(part))
    ?.split('_')
    .at(-1);
  await stage.asSuperuser(elsewhere, null, async (superuser) => {
    await superuser.run('set session_replication_role = replica');
    await superuser.run(`insert into shared.mail_refusal (tenant_id, address, reason, refused_at) values ($1, 'a@b.test', 'x', now())`, [
      acme.id,
    ]);
    await superuser.run(
      `insert into tenancy.fence (tenant_id, key_id, epoch, home, capability_hash) values ($1, 'x', 1, 'shared', sha256($2))`,
      [acme.id, randomBytes(8)],
    );
    await superuser.run(`create schema ${name}`);
    await superuser.run(`create table ${name}.notes (tenant_id text, body text)`);
    await superuser.run(`insert into ${name}.notes values ($1, 'x'), ($2, 'y')`, [acme.id, globex.id]);
    await superuser.run(`create database ${identifier(name)} template template0`);
    if (opaque) await superuser.run(`create role ${identifier(`reader_${opaque}`)} login`);
  });
  await stage.asSuperuser(elsewhere, name, async (superuser) => {
    await superuser.run('create schema tenancy');
    await superuser.run('create table tenancy.whoami (tenant_id uuid)');
    await superuser.run('insert into tenancy.whoami values ($1)', [acme.id]);
  });
  const { config } = platform;
  for (const url of [config.REDIS_URL, config.REDIS_CACHE_URL])
    await stage.redis(url, async (redis) => {
      await redis.set(`planted:spec:{${acme.id}}`, 'x', 'EX', 600);
      await redis.set(`planted:spec:value:${name}`, `it is ${acme.id}`, 'EX', 600);
      await redis.sadd(`planted:spec:set:${name}`, acme.id, globex.id);
      await redis.zadd(`planted:spec:zset:${name}`, 1, `${acme.id}/x`, 2, globex.id);
      await redis.rpush(`planted:spec:list:${name}`, globex.id, `at ${acme.id}`);
      await redis.xadd(`planted:spec:stream:${name}`, '*', 'tenant', acme.id);
      await redis.hset(`planted:spec:hash:${name}`, 'tenant', acme.id);
      for (const kind of ['set', 'zset', 'list', 'stream']) await redis.expire(`planted:spec:${kind}:${name}`, 600);
    });
  const { url, prefix } = queuePlace(config, platform.jobsPrefix);
  const queue = new Queue(TENANT_QUEUE, { connection: { url }, prefix, skipMetasUpdate: true });
  // Far off, so that no worker of another spec takes it.
  await queue.add('try', { tenantId: acme.id, id: randomUUIDv7(), attempt: 1 }, { delay: 3_600_000 });
  await queue.close();
  const vault = openVaultClients({
    ...{ vaultUrl: config.AZURE_KEY_VAULT_URL, tenantId: config.AZURE_TENANT_ID, clientId: config.AZURE_CLIENT_ID },
    ...{ clientSecret: config.AZURE_CLIENT_SECRET, authorityHost: config.AZURE_AUTHORITY_HOST, local: isStandInVault(config) },
  }).writer;
  await vault.setSecret(`planted-${acme.id}`, 'x');
  await vault.setSecret(`gone-${acme.id}`, 'x');
  await (await vault.beginDeleteSecret(`gone-${acme.id}`, { intervalInMs: 100 })).pollUntilDone();
  for (const file of [`${acme.id}.object`, 'stray.part']) {
    const path = join(config.OBJECT_STORE_DIR, 'objects/tenants', acme.id, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'x');
  }
  stage.billing.customers.push({ id: `cus_${name}`, tenantId: acme.id, createdAt: new Date(), deleted: false });
}
