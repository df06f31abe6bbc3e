import { randomBytes, randomUUIDv7 } from 'node:crypto';
import pg from 'pg';
import { atDatabase, identifier, withSession } from '#adapters/postgres/session.js';
import { homeOf } from '#catalog/fleet/home-ledger.js';
import { Sightings } from '#catalog/doctor/sightings.js';
import type { Check, Finding } from '#control/doctor/check.js';
import { Doctor, type CheckReport, type Diagnosis } from '#control/doctor/doctor.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { Clock } from '#kernel/work/clock.js';
import { openDoctor } from '#main/open-doctor.js';
import { plantOrphans } from '#testing/planted-orphans.js';
import { TestPlatform, TIERS } from '#testing/test-platform.js';

const HOUR_MS = 3_600_000;

describe('the doctor', () => {
  let tests: TestPlatform;
  let provisioning: pg.Client;
  let sightings: Sightings;

  beforeAll(async () => {
    tests = await TestPlatform.open();
    sightings = new Sightings(tests.platform.catalog);
    const { provisionUrl, appUrl } = await tests.provisioning.clusterBook.named('eu-west-1');
    provisioning = new pg.Client({ connectionString: atDatabase(provisionUrl, new URL(appUrl).pathname.slice(1)) });
    await provisioning.connect();
  });
  afterAll(async () => {
    await provisioning.end();
    await tests.close();
  });

  /** Other specs make and take away at the same time: only what this one planted counts, and nothing else may be mended. */
  const examine = async (isOurs: (finding: Finding) => boolean, isMending: boolean, sparedMs = HOUR_MS): Promise<Diagnosis[]> => {
    const { checks } = (await openDoctor(tests.platform, tests.provisioning, { sparedMs })).options;
    const ours = checks.map((check): Check => ({ name: check.name, look: async () => (await check.look()).filter(isOurs) }));
    const reports: CheckReport[] = [];
    for await (const report of new Doctor({ checks: ours, sightings, clock: new Clock(), sparedMs }).examine(isMending))
      reports.push(report);
    expect(reports.filter(({ status }) => status === 'unseen')).toEqual([]);
    return reports.flatMap(({ findings }) => findings);
  };
  /** A tenant that was erased, by what is kept of it. */
  const agePlanted = (subjects: readonly string[]) => sightings.note(subjects, new Date(Date.now() - 2 * HOUR_MS));

  it('finds what is nobody’s in PostgreSQL and in the vault, spares it while it is young, and takes it away after', async () => {
    const planted = await plantOrphans(tests);
    const role = planted.find((subject) => subject.startsWith('role '))!.split(' ')[1];
    const isOurs = ({ subject }: Finding): boolean => planted.includes(subject);
    const outcomes = (found: Diagnosis[]): Record<string, string> =>
      Object.fromEntries(found.map(({ subject, outcome }) => [subject, outcome]));
    const all = (outcome: string): Record<string, string> => Object.fromEntries(planted.map((subject) => [subject, outcome]));
    expect(outcomes(await examine(isOurs, false))).toEqual(all('found'));
    expect(outcomes(await examine(isOurs, true))).toEqual(all('spared'));
    await tests.platform.catalog.em
      .fork()
      .execute(`update sighting set first_seen_at = now() - interval '2 hours' where subject in (?)`, [planted]);
    expect(outcomes(await examine(isOurs, true))).toEqual(all('mended'));
    expect(await examine(isOurs, false)).toEqual([]);
    const { rowCount } = await provisioning.query('select from pg_roles where rolname = $1', [role]);
    expect(rowCount).toBe(0);
  });

  it('leaves a customer to a person whose tenant was never here: it may be another installation’s', async () => {
    const tenantId = randomUUIDv7();
    const { billing } = tests.platform;
    const { id } = await billing.ensureCustomer({ tenantId, name: 'Theirs', email: 'theirs@example.test' });
    await agePlanted([`customer ${id}`]);
    expect(await examine(({ subject }) => subject === `customer ${id}`, true)).toMatchObject([{ isMendable: false, outcome: 'found' }]);
    expect(await billing.customerOf(id)).toMatchObject({ deleted: false });
    await billing.deleteCustomer(id);
  });

  it.each(TIERS)('has nothing to say of tenants that are as they should be (%s tier)', async (tier) => {
    const { acme, globex } = await tests.pair(tier);
    expect(await examine((finding) => concerns(finding, [acme, globex]), false)).toEqual([]);
  });

  it.each(TIERS)('finds a fence that does not follow the catalog, and seals it, and no other (%s tier)', async (tier) => {
    const { acme, globex } = await tests.pair(tier);
    await tests.platform.catalog.em.fork().execute('update placement set epoch = epoch + 1 where tenant_id = ?', [acme.id]);
    const isOurs = (finding: Finding): boolean => concerns(finding, [acme, globex]);
    expect(await examine(isOurs, false)).toMatchObject([{ subject: `home of ${acme.slug}`, problem: expect.stringContaining('fence') }]);
    expect(await examine(isOurs, true)).toMatchObject([{ outcome: 'mended' }]);
    expect(await examine(isOurs, false)).toEqual([]);
  });

  it('says which home has not had a migration, and gives it', async () => {
    const { acme, globex } = await tests.pair('schema');
    const last = (
      await provisioning.query<{ name: string }>('select max(name) as name from tenancy.migration where home = $1', [acme.placement.schema])
    ).rows[0]?.name;
    await provisioning.query(`drop schema ${identifier(acme.placement.schema)} cascade`);
    await provisioning.query('delete from tenancy.migration where home = $1', [acme.placement.schema]);
    const isOurs = (finding: Finding): boolean => concerns(finding, [acme, globex]);
    const found = await examine(isOurs, false);
    expect(found.map(({ subject, isMendable }) => [subject, isMendable])).toEqual([
      [`schema ${acme.placement.schema} on eu-west-1`, false],
      [`home of ${acme.slug}`, true],
    ]);
    expect(found[1]?.problem).toContain(last);
    await examine(isOurs, true);
    expect(await examine(isOurs, false)).toEqual([]);
  });

  it.each(['schema', 'database'] as const)(
    'finds a ledger that says something else than the home, and sets it right (%s tier)',
    async (tier) => {
      const { acme, globex } = await tests.pair(tier);
      const { ledger, homes } = tests.provisioning;
      const isOurs = (finding: Finding): boolean => concerns(finding, [acme, globex]);
      for (const version of ['9999-later', '0001-tickets']) {
        await ledger.correct([{ ...homeOf(acme.placement), version, needs: '' }]);
        expect(await examine(isOurs, false)).toMatchObject([
          { subject: `home of ${acme.slug}`, problem: `the ledger says ${version}, it has ${homes.newest}` },
        ]);
        expect(await examine(isOurs, true)).toMatchObject([{ outcome: 'mended' }]);
        expect(await examine(isOurs, false)).toEqual([]);
      }
    },
  );

  it('leaves the tables alone of a home that a newer build made, and keeps its fence and what is known of it', async () => {
    const { acme, globex } = await tests.pair('schema');
    const { schema } = acme.placement;
    const { homes, ledger } = tests.provisioning;
    await provisioning.query('insert into tenancy.migration (home, name) values ($1, $2)', [schema, '9999-later']);
    await provisioning.query('delete from tenancy.migration where home = $1 and name = $2', [schema, homes.newest]);
    await tests.platform.catalog.em.fork().execute('update placement set epoch = epoch + 1 where tenant_id = ?', [acme.id]);
    const isOurs = (finding: Finding): boolean => concerns(finding, [acme, globex]);
    const problems = async (isMending: boolean): Promise<unknown> =>
      (await examine(isOurs, isMending)).map(({ problem, outcome }) => [problem.replace(/ the one of.*|,.*/, ''), outcome]);
    const ahead = ['has had 9999-later', 'found'];
    const [fence, noted] = ['its fence is not', `the ledger says ${homes.newest}`];
    expect(await problems(false)).toEqual([[fence, 'found'], ahead, [noted, 'found']]);
    expect(await problems(true)).toEqual([[fence, 'mended'], ahead, [noted, 'mended']]);
    expect(await problems(false)).toEqual([ahead]);
    expect((await homes.applied(provisioning, schema)).has(homes.newest)).toBe(false);
    expect((await ledger.homes({ tenants: [acme.id] })).map(({ version }) => version)).toEqual(['9999-later']);
  });

  it('finds what holds tenants apart changed under its stamp, lays it anew, and leaves to a person what was added', async () => {
    const { acme, globex } = await tests.pair('database');
    const { provisionUrl } = await tests.provisioning.clusterBook.named(acme.placement.cluster);
    const inDatabase = (sql: string) => withSession(atDatabase(provisionUrl, acme.placement.database), (session) => session.query(sql));
    const isOurs = (finding: Finding): boolean => concerns(finding, [acme, globex]);
    const subject = `foundation of ${acme.placement.cluster}/${acme.placement.database}`;
    await inDatabase(`alter function tenancy.is_open(uuid) security invoker`);
    expect(await examine(isOurs, false)).toMatchObject([
      { subject, isMendable: true, problem: 'has otherwise function is_open(tenant uuid)' },
    ]);
    await inDatabase('grant select on tenancy.fence to tenantry_tenant');
    expect(await examine(isOurs, true)).toMatchObject([{ subject, outcome: 'failed', error: expect.stringContaining('by hand') }]);
    expect(await examine(isOurs, true)).toMatchObject([
      { subject, isMendable: false, problem: 'has besides table fence grant to tenantry_tenant' },
    ]);
  });

  it('finds a role that somebody was made a member of, and takes him out', async () => {
    const [own, somebody] = [`tenantry_e_${randomBytes(10).toString('hex')}`, `spec_${randomBytes(10).toString('hex')}`];
    await provisioning.query(`create role ${own}; create role ${somebody}; grant ${own} to ${somebody}`);
    const isOurs = ({ subject }: Finding): boolean => subject === `role ${somebody} on eu-west-1`;
    expect(await examine(isOurs, false)).toMatchObject([{ problem: `is a member of ${own}, which nobody gave it`, isMendable: true }]);
    expect(await examine(isOurs, true)).toMatchObject([{ outcome: 'mended' }]);
    expect(await examine(isOurs, false)).toEqual([]);
    await provisioning.query(`drop role ${own}; drop role ${somebody}`);
  });

  it('says that a secret is gone, and leaves it to a person', async () => {
    const { acme, globex } = await tests.pair('database');
    await tests.platform.secrets.delete(String(acme.placement.secret));
    await agePlanted([`secret ${String(acme.placement.secret)}`]);
    const found = await examine((finding) => concerns(finding, [acme, globex]), true);
    expect(found).toMatchObject([{ subject: `secret ${String(acme.placement.secret)}`, isMendable: false, outcome: 'found' }]);
  });

  it('leaves alone whose erasure has begun and who is being made, whatever is not there of them, and not their neighbours', async () => {
    const catalog = (text: string, values: unknown[]) => tests.platform.catalog.em.fork().execute(text, values);
    const [plain, apart] = [await tests.pair('schema'), await tests.pair('database')];
    const pairs = [plain.acme, apart.acme, plain.globex, apart.globex];
    await provisioning.query(`drop schema ${identifier(plain.acme.placement.schema)} cascade`);
    for (const { acme, globex } of [plain, apart]) {
      await catalog('update placement set epoch = epoch + 1 where tenant_id in (?, ?)', [acme.id, globex.id]);
      await catalog(`insert into tenant_retention (tenant_id, cancelled_at, due_at, state) values (?, now(), now(), 'erasing')`, [acme.id]);
    }
    await tests.platform.secrets.delete(String(apart.acme.placement.secret));
    const found = await examine((finding) => concerns(finding, pairs), false);
    expect(found.map(({ subject }) => subject)).toEqual([`home of ${plain.globex.slug}`, `home of ${apart.globex.slug}`]);
    const fresh = await tests.tenant('database');
    await catalog(`update tenant set status = 'provisioning' where id = ?`, [fresh.id]);
    await tests.platform.secrets.delete(String(fresh.placement.secret));
    expect(await examine((finding) => concerns(finding, [fresh]), false)).toEqual([]);
  });

  it('says what it could not look at, and looks at the rest', async () => {
    const blind: Check = { name: 'blind', look: () => Promise.reject(new Error('no answer')) };
    const seeing: Check = { name: 'seeing', look: () => Promise.resolve([]) };
    const reports: CheckReport[] = [];
    const doctor = new Doctor({ checks: [blind, seeing], sightings, clock: new Clock(), sparedMs: 0 });
    for await (const report of doctor.examine(true)) reports.push(report);
    expect(reports.map(({ name, status }) => [name, status])).toEqual([
      ['blind', 'unseen'],
      ['seeing', 'ok'],
    ]);
  });
});

function concerns({ subject }: Finding, tenants: readonly Tenant[]): boolean {
  return tenants.some(({ id, slug, placement: { schema, database, secret, kind } }) =>
    [id, slug, ...(kind === 'schema' ? [schema] : []), ...(kind === 'database' ? [database, String(secret)] : [])].some((name) =>
      subject.includes(name),
    ),
  );
}
