import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { HomesStage, type StagedHome } from '#testing/fleet/homes-stage.js';
import { step } from '#testing/fleet/migration-step.js';
import { HomeMigrations } from './home-migrations.js';

/** What it leaves says how many tenants it saw, and how often it was sent. */
const FILL = step(
  '9001-fill',
  [`update tickets set title = title || ' of ' || (select count(distinct tenant_id) from tickets) where title not like '% of %'`],
  { isPerTenant: true },
);
const FAILS_FOR_SOME = step(
  FILL.name,
  [...FILL.statements, `update tickets set title = title where 1 / (title <> 'zero of 1')::integer = 1`],
  {
    isPerTenant: true,
  },
);

describe('steps that write rows, in homes of every tier', () => {
  let stage: HomesStage;
  let homes: StagedHome[];

  beforeEach(async () => {
    stage = await HomesStage.open();
    homes = await stage.homes();
  });
  afterEach(() => stage.close());

  /** Tenants of a home: a shared one has none at first, the others have their own. */
  const tenantsOf = async (home: StagedHome): Promise<string[]> => {
    if (home.tier === 'shared')
      for (const isOpen of [true, false])
        await stage.tamper(
          home,
          `insert into tenancy.fence (tenant_id, key_id, epoch, home, capability_hash, is_open)
           values ('${randomUUID()}', 'k1', 1, '${home.home}', '\\x${createHash('sha256').update(randomBytes(32)).digest('hex')}', ${String(isOpen)})`,
        );
    const rows = await stage.tamper(home, `select distinct tenant_id::text from tenancy.fence where home = '${home.home}' order by 1`);
    return rows.map((row) => String(row['tenant_id']));
  };
  const give = (home: StagedHome, tenant: string, title: string): Promise<unknown> =>
    stage.tamper(
      home,
      `insert into tickets (tenant_id, id, title, created_at, updated_at) values ('${tenant}', '${randomUUID()}', '${title}', now(), now())`,
    );
  const titles = async (home: StagedHome): Promise<unknown[]> =>
    (await stage.tamper(home, 'select title from tickets order by tenant_id, title')).map(({ title }) => title);
  const send = (home: StagedHome, sent = FILL): Promise<string[]> =>
    stage.migrator(home, (migrator) => new HomeMigrations([...stage.test.provisioning.homes.line, sent]).bring(migrator, home.home));
  const left = (home: StagedHome): Promise<unknown[]> =>
    stage.tamper(
      home,
      `select (select count(*)::integer from tenancy.fence where key_id = '$migration') as keys,
         (select count(*)::integer from tenancy.migration where home = '${home.home}' and name = '${FILL.name}') as records`,
    );

  it('write the rows of each tenant, who alone is seen, also when it is closed; no key is left, and it is on record', async () => {
    for (const home of homes) {
      const tenants = await tenantsOf(home);
      expect(tenants).toHaveLength(home.tier === 'shared' ? 2 : 1);
      for (const tenant of tenants) for (const title of ['a', 'b']) await give(home, tenant, title);
      expect(await send(home)).toEqual([FILL.name]);
      expect(await titles(home)).toEqual(tenants.flatMap(() => ['a of 1', 'b of 1']));
      expect(await left(home)).toEqual([{ keys: 0, records: 1 }]);
      expect(await send(home)).toEqual([]);
    }
  });

  it('keep what was written for others when it fails for one, are not on record, and are begun anew', async () => {
    const [home] = homes as [StagedHome];
    const [first, second] = (await tenantsOf(home)) as [string, string];
    await give(home, first, 'one');
    await give(home, second, 'zero');
    await expect(send(home, FAILS_FOR_SOME)).rejects.toMatchObject({ code: '22012' });
    expect(await titles(home)).toEqual(['one of 1', 'zero']);
    expect(await left(home)).toEqual([{ keys: 0, records: 0 }]);
    await stage.tamper(home, `update tickets set title = 'two' where title = 'zero'`);
    expect(await send(home, FAILS_FOR_SOME)).toEqual([FILL.name]);
    expect(await titles(home)).toEqual(['one of 1', 'two of 1']);
  });

  it('come to a tenant whose rows somebody has after the others', async () => {
    const [home] = homes as [StagedHome];
    const [first, second] = (await tenantsOf(home)) as [string, string];
    await give(home, first, 'busy');
    await give(home, second, 'free');
    await stage.superuser(home, async (writer) => {
      await writer.query('begin');
      await writer.query(`select from tickets where title = 'busy' for update`);
      const sent = send(home);
      while (!(await titles(home)).includes('free of 1')) await new Promise((resolve) => setTimeout(resolve, 50));
      await writer.query('commit');
      expect(await sent).toEqual([FILL.name]);
    });
    expect(await titles(home)).toEqual(['busy of 1', 'free of 1']);
  });

  it('are on record of a home that is made, which has nobody', async () => {
    const [home] = homes as [StagedHome];
    const made = { ...home, home: `t_${randomBytes(10).toString('hex')}` };
    const line = [...stage.test.provisioning.homes.line, FILL];
    expect(await stage.migrator(home, (migrator) => new HomeMigrations(line).apply(migrator, made.home))).toHaveLength(line.length);
    expect(await left(made)).toEqual([{ keys: 0, records: 1 }]);
  });
});
