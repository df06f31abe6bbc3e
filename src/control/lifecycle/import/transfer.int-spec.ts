import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PostgresSnapshots } from '#adapters/postgres/postgres-snapshots.js';
import { requireDeclared } from '#control/lifecycle/export/declared-tables.js';
import type { ExportManifest } from '#control/lifecycle/export/export-manifest.js';
import { TenantExporter } from '#control/lifecycle/export/tenant-exporter.js';
import { tarOf } from '#control/lifecycle/export/tar.js';
import type { TenantImporter } from '#control/lifecycle/import/tenant-importer.js';
import { Clock } from '#kernel/work/clock.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { EXPORTED_TABLES } from '#main/exported-tables.js';
import { openExporter, openImporter } from '#main/open-transfer.js';
import { report } from '#testing/faults/report.js';
import { TestMembers } from '#testing/members.js';
import { AuditStage } from '#testing/audit-stage.js';
import { fillTickets } from '#testing/many-tickets.js';
import { PLAN_OF_TIER, TIERS, type Tier } from '#testing/test-platform.js';

let stage: AuditStage;
let importer: TenantImporter;
let folder: string;
let n = 0;
beforeAll(async () => {
  stage = await AuditStage.open();
  importer = openImporter(stage.test.platform, stage.test.provisioning);
  folder = await mkdtemp(join(tmpdir(), 'tenantry-transfer-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await stage.close();
});

const fresh = (): string => join(folder, String((n += 1)));
const exported = (tenant: Tenant, to = fresh(), exporter = openExporter(stage.test.platform)): Promise<ExportManifest> =>
  stage.test.as(tenant, async () => (await exporter.export(to)).manifest);

/** Rows of every part of the product, with what is hard to carry: many pages, every script, an unusual time, a file. */
async function fill(tenant: Tenant): Promise<void> {
  const people = new TestMembers(stage.test);
  const owner = await people.signedIn(tenant, 'owner');
  await fillTickets(stage.test.provisioning.clusters, tenant, 1_205, owner.id);
  await stage.tamper(
    tenant,
    `update $home.tickets set title = $2, labels = '{"a,b","q\\"uote","ü\\\\"}' where tenant_id = $1 and title like '%needle%' or tenant_id = $1 and id = (select min(id::text)::uuid from $home.tickets where tenant_id = $1)`,
    [...[tenant.id, 'naïve 漢字 🎟 \\ " \u0001']],
  );
  await stage.record(tenant, { details: { note: 'one' } }, { reason: 'two' });
  const bytes = randomBytes(300_000);
  await stage.test.as(tenant, () =>
    stage.test.platform.objects.put([tenant.id, owner.id], Readable.from([bytes]), { size: bytes.length, contentType: 'text/plain' }),
  );
}

const BESIDE_THE_RECORD = (manifest: ExportManifest): unknown =>
  manifest.tables
    .filter(({ name }) => !RECORD.includes(name) && !GROWS.includes(name))
    .map(({ name, rows, sha256 }) => [name, rows, sha256]);
/** Sealed anew where they are brought to. */
const RECORD = ['audit_event', 'audit_head', 'audit_target'];
/** The admin who is invited in the end is one member more. */
const GROWS = ['member'];

const PAIRS: [Tier, Tier][] = [
  ['row', 'schema'],
  ['schema', 'database'],
  ['database', 'row'],
  ['row', 'row'],
];

describe.each(PAIRS)('a tenant of the %s tier, exported and imported as one of the %s tier', (from, to) => {
  it('is equal table by table, its record valid as its own, its files the same, and neither neighbour nor source touched', async () => {
    const { acme, globex } = await stage.test.pair(from);
    await fill(acme);
    await fill(globex);
    const at = fresh();
    const manifest = await exported(acme, at);
    const before = [BESIDE_THE_RECORD(manifest), BESIDE_THE_RECORD(await exported(globex))];
    expect(manifest.tables.find(({ name }) => name === 'tickets')?.rows).toBe(1_205);
    expect(JSON.stringify(await wholeText(at))).not.toContain('$argon2');

    const slug = `test-${randomBytes(6).toString('hex')}`;
    const request = { slug, name: slug, adminEmail: 'new-admin@example.test', plan: PLAN_OF_TIER[to], region: 'us-east' };
    const imported = await importer.import(at, request);
    stage.test.adopt(imported.tenant);
    expect(imported.rows).toEqual(Object.fromEntries(manifest.tables.map(({ name, rows }) => [name, rows])));
    const [again, back] = [await exported(imported.tenant, fresh()), await exported(imported.tenant, fresh())];
    expect(BESIDE_THE_RECORD(again)).toEqual(before[0]);
    expect(again.objects.map(({ sha256 }) => sha256)).toEqual(manifest.objects.map(({ sha256 }) => sha256));
    expect(BESIDE_THE_RECORD(back)).toEqual(BESIDE_THE_RECORD(again));
    expect(await stage.verify(imported.tenant)).toMatchObject({ valid: true, problems: [] });
    expect([BESIDE_THE_RECORD(await exported(acme)), BESIDE_THE_RECORD(await exported(globex))]).toEqual(before);
    expect(await stage.verify(acme)).toMatchObject({ valid: true });
  }, 120_000);
});

describe.each(TIERS)('an export of a tenant of the %s tier', (tier) => {
  it('fails, and leaves nothing, while the database has a column that nobody declared', async () => {
    const { acme, globex } = await stage.test.pair(tier);
    // Past the login that may: a table of all tenants is not altered under the feet of other specs.
    const shapes = await stage.test.as(acme, () =>
      new PostgresSnapshots(stage.test.platform.contexts).take((snapshot) => snapshot.tables()),
    );
    expect(() => requireDeclared(shapes, EXPORTED_TABLES)).not.toThrow();
    const withoutCompany = Object.fromEntries(Object.entries(EXPORTED_TABLES).filter(([name]) => name !== 'company'));
    const { platform } = stage.test;
    const parts = { snapshots: new PostgresSnapshots(platform.contexts), objects: platform.objects, signer: stage.signer };
    const more = { ...parts, clock: new Clock(), versionOf: () => Promise.resolve(null) };
    const to = fresh();
    const forgetful = exported(acme, to, new TenantExporter({ ...more, declared: withoutCompany }));
    await expect(forgetful).rejects.toMatchObject({
      code: 'lifecycle.export-incomplete',
      missing: [
        'company.created_at',
        'company.id',
        'company.locale',
        'company.name',
        'company.time_zone',
        'company.updated_at',
        'company.version',
      ],
    });
    if (acme.placement.schema !== 'shared') {
      await stage.asSuperuser(acme, (session) => session.query(`alter table ${acme.placement.schema}.role add column planted text`));
      await expect(exported(acme, to)).rejects.toMatchObject({ code: 'lifecycle.export-incomplete', missing: ['role.planted'] });
    }
    expect((await readdir(folder)).filter((name) => name.includes('.part'))).toEqual([]);
    expect((await exported(globex)).tenant.id).toBe(globex.id);
  });

  it('is of one moment: what is written while it is taken is not in it', async () => {
    const { acme } = await stage.test.pair(tier);
    await stage.openTicket(acme, 'before');
    const { contexts } = stage.test.platform;
    const lines = await stage.test.as(acme, () =>
      new PostgresSnapshots(contexts, 1).take(async (snapshot) => {
        const table = (await snapshot.tables()).find(({ name }) => name === 'tickets');
        await stage.openTicket(acme, 'meanwhile');
        const read: string[] = [];
        for await (const line of snapshot.lines(table!, ['title'])) read.push(line);
        return read;
      }),
    );
    expect(lines).toEqual(['{"title":"before"}']);
  });

  it('breaks off when the tenant is suspended in the middle, and nothing half-written is left', async () => {
    const { acme, globex } = await stage.test.pair(tier);
    await stage.openTicket(acme, 'one');
    const { platform, provisioning } = stage.test;
    const real = new PostgresSnapshots(platform.contexts);
    let asked = 0;
    const snapshots = {
      requireOpen: () => real.requireOpen(),
      take: <T>(work: (snapshot: never) => Promise<T>): Promise<T> =>
        real.take(async (snapshot) => {
          const shapes = await snapshot.tables();
          asked = performance.now();
          await provisioning.provisioner.setStatus(acme.id, 'suspended');
          return work({ tables: () => Promise.resolve(shapes), lines: snapshot.lines.bind(snapshot) } as never);
        }),
    };
    const exporter = new TenantExporter({
      ...{ snapshots, objects: platform.objects, declared: EXPORTED_TABLES, signer: stage.signer },
      ...{ clock: new Clock(), versionOf: () => Promise.resolve(null) },
    });
    const to = fresh();
    await expect(exported(acme, to, exporter)).rejects.toMatchObject({ code: 'tenant.suspended' });
    const took = performance.now() - asked;
    report(`an export is cut (${tier}): ${took.toFixed(0)} ms after the suspension was asked for`);
    expect(took).toBeLessThan(1_000);
    expect((await readdir(folder)).filter((name) => name.includes('.part') || join(folder, name) === to)).toEqual([]);
    expect((await exported(globex)).tenant.id).toBe(globex.id);
  });
});

describe('an import', () => {
  it('of a changed export, or into another version of the tables, is refused and leaves nothing', async () => {
    const { acme } = await stage.test.pair('row');
    await stage.openTicket(acme, 'one');
    const at = fresh();
    await exported(acme, at);
    const slug = `test-${randomBytes(6).toString('hex')}`;
    const request = { slug, name: slug, adminEmail: 'a@example.test', plan: 'professional', region: 'eu-west' };
    const refused = async (reason: string): Promise<void> => {
      await expect(importer.import(at, request)).rejects.toMatchObject({ code: 'lifecycle.import-refused', reason });
      await expect(stage.test.provisioning.tenants.get(slug)).rejects.toMatchObject({ code: 'tenant.unknown' });
    };
    const file = join(at, 'tables/tickets.ndjson');
    const whole = await readFile(file, 'utf8');
    await writeFile(file, whole.replace('one', 'two'));
    await refused('a file of it was changed');
    await writeFile(file, whole);
    const manifest = await readFile(join(at, 'manifest.json'), 'utf8');
    await writeFile(join(at, 'manifest.json'), manifest.replace(/"rows": 1,/, '"rows": 2,'));
    await refused('its manifest was changed');
  });

  it('that fails half way is undone: no tenant, no rows, no files, and the name is free', async () => {
    const { acme } = await stage.test.pair('schema');
    await fill(acme);
    const at = fresh();
    await exported(acme, at);
    const { platform, provisioning } = stage.test;
    let made: string | undefined;
    const failing = { ...platform, objects: { put: () => Promise.reject(new Error('the disk is full')) } as never };
    const slug = `test-${randomBytes(6).toString('hex')}`;
    const request = { slug, name: slug, adminEmail: 'a@example.test', plan: 'starter', region: 'eu-west' };
    const purge = platform.objectStore.purge.bind(platform.objectStore);
    const objectStore = { ...platform.objectStore, purge: (prefix: string) => ((made = prefix.split('/')[1]), purge(prefix)) } as never;
    await expect(openImporter({ ...failing, objectStore }, provisioning).import(at, request)).rejects.toThrow('the disk is full');
    const left = await stage.asSuperuser(await stage.test.tenant('row'), (session) =>
      session.query('select count(*)::int as count from shared.tickets where tenant_id = $1', [made]),
    );
    expect([made, left.rows]).toEqual([expect.any(String), [{ count: 0 }]]);
    await expect(provisioning.tenants.get(slug)).rejects.toMatchObject({ code: 'tenant.unknown' });
    stage.test.adopt((await importer.import(at, request)).tenant);
  });

  it('takes a folder that any tar program unpacks from what is sent', async () => {
    const { acme } = await stage.test.pair('row');
    await fill(acme);
    const [at, unpacked] = [fresh(), fresh()];
    const manifest = await exported(acme, at);
    const tar = await tarOf(at, 'acme');
    const bytes = await buffer(Readable.from(tar.chunks()));
    expect(bytes.length).toBe(tar.size);
    await writeFile(`${unpacked}.tar`, bytes);
    await promisify(execFile)('tar', ['xf', `${unpacked}.tar`, '-C', folder]);
    expect(await wholeText(join(folder, 'acme'))).toEqual(await wholeText(at));
    expect((await text(Readable.from(tar.chunks()))).includes(manifest.fingerprint)).toBe(true);
  });
});

/** Every file by its name. */
async function wholeText(at: string): Promise<Record<string, string>> {
  const files = await readdir(at, { recursive: true, withFileTypes: true });
  const found = await Promise.all(
    files
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }) => [
        join(parentPath, name).slice(at.length),
        (await readFile(join(parentPath, name))).toString('latin1'),
      ]),
  );
  return Object.fromEntries(found.sort(([one], [other]) => (String(one) < String(other) ? -1 : 1))) as Record<string, string>;
}
