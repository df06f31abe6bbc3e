import { randomBytes } from 'node:crypto';
import { FoundationsCheck } from '#control/doctor/checks/foundations.check.js';
import { isDifferent } from '#control/fleet/foundations.js';
import type { HomeDifference } from '#control/fleet/home-truth.js';
import { homeOf } from '#catalog/fleet/home-ledger.js';
import { HomesStage, type StagedHome } from '#testing/fleet/homes-stage.js';
import { TIERS } from '#testing/test-platform.js';
import { PostgresAuditorLogins } from '#adapters/postgres/postgres-auditor-logins.js';

/** What somebody did to it by hand, what is told of it, and whether laying it anew is enough. */
const DRIFTS: readonly [name: string, sql: string, told: Partial<Record<'missing' | 'extra' | 'changed', string[]>>, isLaid: boolean][] = [
  [
    'a function that opens every home',
    `create or replace function tenancy.tenant_of(home text) returns uuid language sql stable security definer set search_path = pg_catalog, pg_temp
     as 'select tenant_id from tenancy.fence limit 1'`,
    { changed: ['function tenant_of(home text)'] },
    true,
  ],
  [
    'a function that finds a table of the session first',
    `do $$ begin execute replace(pg_get_functiondef('tenancy.audited(text)'::regprocedure), 'from tenancy.fence', 'from fence'); end $$`,
    { changed: ['function audited(home text)'] },
    true,
  ],
  [
    'a function of another owner',
    'alter function tenancy.dispatch(integer, interval, text[]) owner to postgres',
    { changed: ['function dispatch(at_most integer, again_after interval, kinds text[])'] },
    true,
  ],
  [
    'a function for everybody',
    'grant execute on function tenancy.forget(uuid) to public',
    { extra: ['function forget(tenant uuid) grant to everybody'] },
    false,
  ],
  [
    'a function that nobody may use',
    'revoke execute on function tenancy.tenant_of(text) from tenantry_tenant',
    { missing: ['function tenant_of(home text) grant to tenantry_tenant'] },
    true,
  ],
  [
    'a function that is not there',
    'drop function tenancy.forget(uuid)',
    { missing: ['function forget(tenant uuid)', 'function forget(tenant uuid) grant to tenantry_migrator'] },
    true,
  ],
  [
    'a function nobody made',
    `create function tenancy.peek() returns setof tenancy.fence security definer language sql as 'select * from tenancy.fence'`,
    { extra: ['function peek()', 'function peek() grant to everybody'] },
    false,
  ],
  ['a table nobody made', 'create table tenancy.extra (id integer)', { extra: ['table extra', 'table extra column id'] }, false],
  ['an index that is not there', 'drop index tenancy.outbox_due', { missing: ['table outbox index outbox_due'] }, true],
  [
    'a policy nobody made',
    'create policy open on tenancy.outbox to tenantry_tenant using (true)',
    { extra: ['table outbox policy open'] },
    false,
  ],
  [
    'a policy that lets all through',
    'alter policy tenant on tenancy.outbox using (true)',
    { changed: ['table outbox policy tenant'] },
    true,
  ],
  ['row security that is off', 'alter table tenancy.outbox disable row level security', { changed: ['table outbox'] }, true],
  ['a trigger that is off', 'alter table tenancy.outbox disable trigger number', { changed: ['table outbox trigger number'] }, true],
  [
    'a grant of capabilities',
    'grant select on tenancy.fence to tenantry_tenant',
    { extra: ['table fence grant to tenantry_tenant'] },
    false,
  ],
  ['a grant of the schema', 'grant create on schema tenancy to tenantry_tenant', { changed: ['schema grant to tenantry_tenant'] }, false],
  [
    'a function of the system for everybody',
    'grant execute on function pg_catalog.pg_terminate_backend(integer, bigint) to public',
    { missing: ['system function pg_terminate_backend(integer,bigint)'] },
    true,
  ],
  [
    'a function of the system for tenants',
    'grant execute on function pg_catalog.pg_terminate_backend(integer, bigint) to tenantry_tenant',
    { changed: ['system function pg_terminate_backend(integer,bigint)'] },
    false,
  ],
  [
    'a view of the system for everybody',
    'grant select on pg_catalog.pg_stat_activity to public',
    { missing: ['system view pg_stat_activity'] },
    true,
  ],
  ['a language for everybody', 'grant usage on language plpgsql to public', { missing: ['system language plpgsql'] }, true],
  ['a schema for everybody', 'grant create on schema public to public', { missing: ['system schema public'] }, true],
];

describe('what homes stand on', () => {
  let stage: HomesStage;
  let at: StagedHome;

  beforeAll(async () => {
    stage = await HomesStage.open();
  });
  afterAll(() => stage.close());
  beforeEach(async () => {
    at = { tier: 'shared', cluster: stage.cluster.name, database: await stage.database(), home: 'tenancy' };
  });

  const differenceAt = ({ cluster, database }: Pick<StagedHome, 'cluster' | 'database'>): Promise<HomeDifference> =>
    stage.test.provisioning.foundations.difference(cluster, database);
  const check = (): FoundationsCheck =>
    new FoundationsCheck(stage.test.provisioning.foundations, () => Promise.resolve([{ cluster: at.cluster, database: at.database }]));
  const nothing = { missing: [], extra: [], changed: [], repair: [], isOfNewerBuild: false };

  it('is the same on every tier and every server, also when auditors have logins there', async () => {
    const tenants = await Promise.all([...TIERS.map((tier) => stage.test.tenant(tier)), stage.test.tenant('database', 'us-east')]);
    const logins = new PostgresAuditorLogins(stage.test.provisioning.clusterBook);
    const expiresAt = new Date(Date.now() + 3_600_000);
    const roles = tenants.map(() => `tenantry_a_${randomBytes(10).toString('hex')}`);
    for (const [index, tenant] of tenants.entries()) await logins.open(tenant, { role: roles[index]!, expiresAt });
    const targets = tenants.map(({ placement }) => ({ ...homeOf(placement), version: null }));
    expect(await stage.test.provisioning.verifier.verify(targets)).toEqual({ checked: 4, drifted: [], unreachable: [] });
    for (const [index, tenant] of tenants.entries()) await logins.close(tenant, roles[index]!);
    expect(await stage.test.provisioning.verifier.verify(targets)).toEqual({ checked: 4, drifted: [], unreachable: [] });
  });

  it.each(DRIFTS)('has %s, which is named whatever its stamp says, and mended or left to a person', async (_, sql, told, isLaid) => {
    await stage.tamper(at, sql);
    const { missing, extra, changed, repair } = await differenceAt(at);
    const namesOf = (facts: readonly { readonly what: string }[]): string[] => facts.map(({ what }) => what).sort();
    const named = { missing: namesOf(missing), extra: namesOf(extra), changed: namesOf(changed) };
    expect(named).toEqual({ ...{ missing: [], extra: [], changed: [] }, ...told });
    expect(repair.length).toBeGreaterThan(0);
    const [finding] = await check().look();
    expect(finding).toMatchObject({ subject: `foundation of ${at.cluster}/${at.database}`, mayBeYoung: false });
    const outcome = finding?.mend ? await finding.mend().then(() => 'laid', String) : 'left';
    expect(outcome).toMatch(isLaid ? /^laid$/ : /^left$|by hand/);
    expect(isDifferent(await differenceAt(at))).toBe(!isLaid);
  });

  it('is mended by its repair where a right or a policy is too much', async () => {
    const added = [
      'grant select on tenancy.fence to tenantry_tenant',
      'grant truncate on tenancy.outbox to tenantry_overseer',
      'create policy open on tenancy.outbox to tenantry_tenant using (true)',
    ];
    await stage.tamper(at, ...added);
    const { repair } = await differenceAt(at);
    await stage.tamper(at, ...repair.flatMap(({ sql }) => sql));
    expect(await differenceAt(at)).toEqual(nothing);
  });

  it('is left as it was found by who closed more of the system', async () => {
    await stage.tamper(at, 'revoke execute on function pg_catalog.version() from public');
    expect(await differenceAt(at)).toEqual(nothing);
  });

  it('leaves nothing of a reference', async () => {
    const template = { ...at, database: 'tenantry_template' };
    const before = await stage.tamper(template, `select oid, xmin::text from pg_namespace where nspname = 'tenancy'`);
    await differenceAt(at);
    expect(await stage.tamper(template, `select oid, xmin::text from pg_namespace where nspname = 'tenancy'`)).toEqual(before);
  });
});
