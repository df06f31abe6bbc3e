import { FleetVerifier, type FleetVerification, type VerifiedHome } from '#control/fleet/fleet-verifier.js';
import { VersionUnknownError } from '#control/fleet/fleet.errors.js';
import { HomesStage, type StagedHome } from '#testing/fleet/homes-stage.js';
import { step } from '#testing/fleet/migration-step.js';
import { HomeMigrations } from '#adapters/postgres/homes/home-migrations.js';
import { HOME_SIGNATURES } from './home-signature.js';
import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import { PostgresHomeTruth } from './postgres-home-truth.js';
import { ReferenceHome } from './reference-home.js';

const LATER = [
  step('9001-later', [
    'create table later (tenant_id uuid not null, id uuid not null, primary key (tenant_id, id))',
    `select tenancy.protect('later')`,
  ]),
  step('9002-index', ['create index concurrently if not exists later_id on later (tenant_id, id)'], { isTransactional: false }),
];

/** What somebody did to a home by hand, what is told of it, and that the plan mends it where there is SQL. */
const DRIFTS: readonly [name: string, sql: string, told: Partial<Record<'missing' | 'extra' | 'changed', string[]>>, mends: boolean][] = [
  [
    'a column that is not there',
    'alter table tickets drop column priority cascade',
    {
      missing: [
        'table tickets column priority',
        'table tickets constraint tickets_priority_check',
        'table tickets index tickets_by_priority',
      ],
    },
    true,
  ],
  ['a column nobody made', 'alter table tickets add column extra text', { extra: ['table tickets column extra'] }, false],
  ['another type', 'alter table setting alter column version type bigint', { changed: ['table setting column version'] }, false],
  [
    'another default',
    `alter table tickets alter column status set default 'completed'`,
    { changed: ['table tickets column status'] },
    true,
  ],
  [
    'a column that may be null',
    'alter table tickets alter column description drop not null',
    { changed: ['table tickets column description'] },
    true,
  ],
  [
    'a column that may not be null',
    'alter table tickets alter column due_at set not null',
    { changed: ['table tickets column due_at'] },
    true,
  ],
  [
    'a check that is not there',
    'alter table tickets drop constraint tickets_title_check',
    { missing: ['table tickets constraint tickets_title_check'] },
    true,
  ],
  [
    'another check',
    'alter table tickets drop constraint tickets_title_check, add constraint tickets_title_check check (char_length(title) between 1 and 300)',
    { changed: ['table tickets constraint tickets_title_check'] },
    true,
  ],
  [
    'a check that was not validated',
    `alter table tickets drop constraint tickets_title_check,
    add constraint tickets_title_check check (char_length(title) between 1 and 200) not valid`,
    { changed: ['table tickets constraint tickets_title_check'] },
    true,
  ],
  [
    'a foreign key that is not there',
    'alter table ticket_comment drop constraint ticket_comment_tenant_id_ticket_id_fkey',
    { missing: ['table ticket_comment constraint ticket_comment_tenant_id_ticket_id_fkey'] },
    true,
  ],
  [
    'a foreign key with another rule',
    `alter table ticket_comment drop constraint ticket_comment_tenant_id_ticket_id_fkey,
    add constraint ticket_comment_tenant_id_ticket_id_fkey foreign key (tenant_id, ticket_id) references tickets (tenant_id, id)`,
    { changed: ['table ticket_comment constraint ticket_comment_tenant_id_ticket_id_fkey'] },
    true,
  ],
  [
    'a key that is not there',
    'alter table role drop constraint role_tenant_id_key_key',
    { missing: ['table role constraint role_tenant_id_key_key', 'table role index role_tenant_id_key_key'] },
    true,
  ],
  ['an index that is not there', 'drop index tickets_newest', { missing: ['table tickets index tickets_newest'] }, true],
  [
    'an index of the same name over other columns',
    'drop index tickets_newest; create index tickets_newest on tickets (tenant_id, created_at)',
    { changed: ['table tickets index tickets_newest'] },
    true,
  ],
  ['an index nobody made', 'create index surplus on tickets (tenant_id, title)', { extra: ['table tickets index surplus'] }, false],
  [
    'an index that is not valid',
    `update pg_index set indisvalid = false where indexrelid = 'tickets_newest'::regclass`,
    { changed: ['table tickets index tickets_newest'] },
    true,
  ],
  ['a policy that lets all through', 'alter policy tenant on tickets using (true)', { changed: ['table tickets policy tenant'] }, true],
  [
    'a policy of another home',
    `alter policy tenant on tickets using (tenant_id = (select tenancy.tenant_of('another')))`,
    { changed: ['table tickets policy tenant'] },
    true,
  ],
  ['a policy for everybody', 'alter policy tenant on tickets to public', { changed: ['table tickets policy tenant'] }, true],
  ['a policy that is not there', 'drop policy auditor on tickets', { missing: ['table tickets policy auditor'] }, true],
  ['a policy nobody made', 'create policy open on tickets using (true)', { extra: ['table tickets policy open'] }, true],
  ['row security that does not bind the owner', 'alter table tickets no force row level security', { changed: ['table tickets'] }, true],
  ['row security that is off', 'alter table tickets disable row level security', { changed: ['table tickets'] }, true],
  ['another owner', 'alter table tickets owner to postgres', { changed: ['table tickets'] }, true],
  ['a grant too many', 'grant truncate on tickets to tenantry_tenant', { changed: ['table tickets grant to tenantry_tenant'] }, true],
  ['a grant to everybody', 'grant select on tickets to public', { extra: ['table tickets grant to everybody'] }, true],
  [
    'a grant that is not there',
    'revoke all on tickets from tenantry_auditor',
    { missing: ['table tickets grant to tenantry_auditor'] },
    true,
  ],
  [
    'a grant of a secret column',
    'grant select (password_hash) on member to tenantry_auditor',
    { extra: ['table member column password_hash grant to tenantry_auditor'] },
    true,
  ],
  ['a trigger that is not there', 'drop trigger keep on audit_event', { missing: ['table audit_event trigger keep'] }, true],
  ['a trigger that is off', 'alter table audit_event disable trigger seal', { changed: ['table audit_event trigger seal'] }, true],
  ['keys that nothing holds', 'alter table ticket_comment disable trigger all', { extra: ['table ticket_comment enforcement'] }, true],
  ['a key that is held no more at its other end', 'alter table member disable trigger all', { extra: ['table member enforcement'] }, true],
  ['a table nobody made', 'create table extra (id integer)', { extra: ['table extra', 'table extra column id'] }, false],
  ['a view nobody made', 'create view peek as select title from tickets', { extra: ['view peek', 'view peek column title'] }, false],
  [
    'a function nobody made',
    `create function peek() returns integer language sql as 'select 1'`,
    { extra: ['function peek()', 'function peek() grant to everybody'] },
    false,
  ],
];

describe('the truth about homes', () => {
  let stage: HomesStage;
  let homes: StagedHome[];
  let line: readonly MigrationStep[];
  let truth: PostgresHomeTruth;
  /** Two alike beside the shared one: one is spoilt, and the other is not. */
  let spoilt: StagedHome;
  let twin: StagedHome;
  const newest = (): string => line.at(-1)!.name;

  beforeAll(async () => {
    stage = await HomesStage.open();
    homes = await stage.homes();
    line = stage.test.provisioning.homes.line;
    truth = truthOf(line);
    spoilt = await fresh('t_spoilt', line);
    twin = await fresh('t_intact', line);
  });
  afterAll(() => stage.close());

  const verify = (targets: readonly VerifiedHome[], by = truth): Promise<FleetVerification> =>
    new FleetVerifier(by, stage.test.provisioning.foundations).verify(targets);
  const truthOf = (of: readonly MigrationStep[]): PostgresHomeTruth =>
    new PostgresHomeTruth(stage.test.provisioning.clusterBook, new ReferenceHome(stage.test.provisioning.clusterBook, of));
  const at = (home: StagedHome, version: string): VerifiedHome => ({
    cluster: home.cluster,
    database: home.database,
    home: home.home,
    version,
  });
  /** A home of its own beside the shared one. */
  const fresh = async (name: string, of: readonly MigrationStep[]): Promise<StagedHome> => {
    const home: StagedHome = { ...homes[0]!, tier: 'schema', home: name };
    await stage.migrator(home, (migrator) => new HomeMigrations(of).apply(migrator, name));
    return home;
  };

  it('homes of one version are alike on every tier and every server, and as the migrations make them', async () => {
    const other = await stage.test.tenant('schema', 'us-east');
    const { cluster, database, schema } = other.placement;
    const all = [...homes.map((home) => at(home, newest())), { cluster, database, home: schema, version: newest() }];
    expect(await verify(all)).toEqual({ checked: 4, drifted: [], unreachable: [] });
    const hashes = await Promise.all(
      all.map(async (target) => (await truth.fingerprints(target.cluster, target.database, [target.home])).get(target.home)?.hash),
    );
    expect([new Set(hashes).size, hashes[0]]).toEqual([1, await truthOf(line).reference(cluster, newest())]);
  });

  it('a home that is a version behind is held against that version, and one that is ahead too', async () => {
    const [behind, ahead] = [await fresh('t_behind', line.slice(0, -1)), await fresh('t_ahead', [...line, ...LATER])];
    const versions = [at(behind, line.at(-2)!.name), at(homes[0]!, newest()), at(ahead, LATER[1]!.name)];
    expect(await verify(versions, truthOf([...line, ...LATER]))).toEqual({ checked: 3, drifted: [], unreachable: [] });
  });

  it('a stamp without its migration is found, in one home among many', async () => {
    const liar = await fresh('t_liar', line);
    await stage.migrator(liar, (migrator) =>
      migrator.query('insert into tenancy.migration (home, name) select $1, unnest($2::text[])', [
        liar.home,
        LATER.map(({ name }) => name),
      ]),
    );
    const honest = await fresh('t_honest', [...line, ...LATER]);
    const { checked, drifted, unreachable } = await verify(
      [at(honest, LATER[1]!.name), at(liar, LATER[1]!.name)],
      truthOf([...line, ...LATER]),
    );
    expect([checked, drifted.map(({ target }) => target.home), unreachable]).toEqual([2, ['t_liar'], []]);
    expect(drifted[0]?.missing[0]).toEqual({ what: 'table later', is: 'owner tenantry_owner, row security, forced' });
    expect(drifted[0]?.repair).toEqual([{ what: 'table later', sql: [], says: expect.stringMatching(/delete the stamp.*doctor --fix/) }]);
  });

  it.each(DRIFTS)('names %s, and mends it by the plan where that loses nothing', async (_, sql, told, mends) => {
    // Of one signature with the other: what is mended may leave another, and would be looked at for that alone.
    await stage.tamper(spoilt, `drop schema ${spoilt.home} cascade`, `delete from tenancy.migration where home = '${spoilt.home}'`);
    await fresh(spoilt.home, line);
    const kinds = await stage.superuser(spoilt, (session) => session.query(HOME_SIGNATURES, [[spoilt.home, twin.home]]));
    expect(new Set(kinds.rows.map(({ signature }) => signature)).size).toBe(1);
    await stage.tamper(spoilt, sql);
    const { drifted } = await verify([at(twin, newest()), at(spoilt, newest())]);
    expect(drifted.map(({ target }) => target.home)).toEqual([spoilt.home]);
    const { missing, extra, changed, repair } = drifted[0]!;
    const namesOf = (facts: readonly { readonly what: string }[]): string[] => facts.map(({ what }) => what).sort();
    expect({ missing: namesOf(missing), extra: namesOf(extra), changed: namesOf(changed) }).toEqual({
      ...{ missing: [], extra: [], changed: [] },
      ...told,
    });
    expect(repair.every(({ sql: statements }) => statements.length > 0)).toBe(mends);
    await stage.tamper(spoilt, ...repair.flatMap(({ sql: statements }) => statements));
    expect((await verify([at(spoilt, newest())])).drifted.length).toBe(mends ? 0 : 1);
  });

  it('a home is held against what it says it has had, and the ledger is told where it says something else', async () => {
    const behind = await fresh('t_misnoted', line.slice(0, -1));
    const { drifted } = await verify([at(behind, newest())]);
    const says = expect.stringContaining(`the ledger says ${newest()}, it has ${line.at(-2)!.name}`) as string;
    expect(drifted).toMatchObject([
      { version: line.at(-2)!.name, missing: [], extra: [], changed: [], repair: [{ what: 'ledger', says }] },
    ]);
  });

  it('a home that is not there is told as such', async () => {
    const { drifted } = await verify([at({ ...homes[0]!, home: 't_nobody' }, newest())]);
    expect(drifted[0]?.repair).toEqual([{ what: 'schema', sql: [], says: expect.stringContaining('by hand') }]);
  });

  it('a database that is away and a version that is not known cost nobody else', async () => {
    const [shared, schema] = homes;
    const newer = await fresh('t_newer', line);
    const lost = { ...at(schema!, newest()), database: 'tenantry_e_lost' };
    const unknown = at(newer, '9999-unknown');
    await stage.tamper(newer, `insert into tenancy.migration (home, name) values ('t_newer', '9999-unknown') on conflict do nothing`);
    expect(await verify([lost, unknown, at(shared!, newest())])).toEqual({
      checked: 1,
      drifted: [],
      unreachable: expect.arrayContaining([
        { target: lost, reason: 'unreachable' },
        { target: unknown, reason: 'fleet.version-unknown' },
      ]),
    });
    await expect(truth.difference(unknown, '9999-unknown')).rejects.toThrow(VersionUnknownError);
  });

  it('leaves nothing of a reference', async () => {
    await truthOf(line).reference(homes[0]!.cluster, newest());
    const there = await stage.tamper(
      { ...homes[0]!, database: 'tenantry_template' },
      `select nspname from pg_namespace where nspname ~ '^t_'`,
    );
    expect(there).toEqual([]);
  });
});
