import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import type { Placement } from '#kernel/tenancy/placement.js';
import type { HomeOutcome } from '#control/fleet/home-migrator.js';
import { TestPlatform, TIERS } from '#testing/test-platform.js';
import { dumpSchema } from '#tools/schema-dump/schema-dump.js';

const folder = join(import.meta.dirname, '../../migrations');
const HOW = 'the schema is not the golden one; if the change is meant, run the test once with UPDATE_GOLDEN=1 and review the difference';

describe('the schema that the migrations make', () => {
  let test: TestPlatform;

  beforeAll(async () => {
    test = await TestPlatform.open();
  });
  afterAll(() => test.close());

  const dumpOf = ({ cluster, database, schema }: Pick<Placement, 'cluster' | 'database' | 'schema'>): Promise<string> => {
    const { provisionUrl } = test.platform.clusters.find(({ name }) => name === cluster)!;
    return withSession(atDatabase(String(provisionUrl), database), (session) => dumpSchema(session, schema));
  };
  const expectGolden = (line: string, dump: string): void => {
    const file = join(folder, line, 'schema.sql');
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, dump);
    const golden = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (dump !== golden) expect(`${HOW}\n${dump}`).toBe(golden);
    expect(dump.split('\n').length).toBeGreaterThan(20);
  };

  it('is migrations/tenant/schema.sql in the shared home', async () => {
    const { placement } = await test.tenant('row');
    expectGolden('tenant', await dumpOf(placement));
  });

  it('is migrations/catalog/schema.sql in the catalog', async () => {
    const { cluster } = (await test.tenant('row')).placement;
    expectGolden('catalog', await dumpOf({ cluster, database: 'tenantry_catalog', schema: 'public' }));
  });

  it('is the same in every home of every cluster', async () => {
    const placements = await Promise.all(
      ['eu-west', 'us-east'].flatMap((region) => TIERS.map(async (tier) => (await test.tenant(tier, region)).placement)),
    );
    const templates = placements
      .filter(({ kind }) => kind === 'database')
      .map(({ cluster, schema }) => ({ cluster, schema, database: 'tenantry_template' }));
    const golden = readFileSync(join(folder, 'tenant', 'schema.sql'), 'utf8');
    for (const placement of [...placements, ...templates]) expect(await dumpOf(placement)).toBe(golden);
  });

  it('is what a home becomes that is from before auditors', async () => {
    const tenant = await test.tenant('schema');
    const { cluster, database, schema } = tenant.placement;
    const { provisionUrl } = test.platform.clusters.find(({ name }) => name === cluster)!;
    await withSession(atDatabase(String(provisionUrl), database), async (session) => {
      // What came after.
      await session.query(`drop table "${schema}".usage_counter`);
      const { rows } = await session.query<{ name: string }>('select tablename as name from pg_tables where schemaname = $1', [schema]);
      for (const { name } of rows) {
        const table = `"${schema}"."${name}"`;
        await session.query(`drop policy auditor on ${table}; alter policy tenant on ${table} to public`);
        await session.query(`revoke all on ${table} from tenantry_auditor`);
      }
      await session.query(`revoke usage on schema "${schema}" from tenantry_auditor`);
      await session.query(`delete from tenancy.migration where home = $1 and name >= '0009'`, [schema]);
    });
    const { migrator } = test.provisioning;
    const lane = migrator.lane(cluster, migrator.line.at(-1)!.name);
    const home = { cluster, database, home: schema };
    const outcomes: HomeOutcome[] = [];
    const { signal } = new AbortController();
    for await (const some of lane.migrate([home], { lockTimeoutMs: 500, signal })) outcomes.push(...some);
    outcomes.push(...(await lane.check([home], signal)));
    await lane.close();
    expect(outcomes.map(({ state }) => state)).toEqual(['migrated', 'checked']);
    expect(await dumpOf(tenant.placement)).toBe(readFileSync(join(folder, 'tenant', 'schema.sql'), 'utf8'));
  });

  it('shows what differs: a column, a default, an index, a policy, a grant', async () => {
    const { placement } = await test.tenant('database');
    const { provisionUrl } = test.platform.clusters.find(({ name }) => name === placement.cluster)!;
    const golden = readFileSync(join(folder, 'tenant', 'schema.sql'), 'utf8');
    await withSession(atDatabase(String(provisionUrl), placement.database), async (session) => {
      for (const change of [
        'alter table app.tickets add column extra text',
        `alter table app.tickets alter column status set default 'done'`,
        'alter table app.tickets alter column description drop not null',
        'create index surplus on app.tickets (tenant_id, title)',
        'alter policy tenant on app.tickets using (true)',
        'alter table app.tickets no force row level security',
        'grant truncate on app.tickets to tenantry_tenant',
        'grant select (password_hash) on app.member to tenantry_auditor',
        'grant create on schema app to public',
        'alter table app.tickets owner to postgres',
        'create view app.all_tickets as select * from app.tickets',
        'alter table app.tickets drop constraint tickets_pkey cascade',
      ]) {
        await session.query('begin');
        await session.query(change);
        expect(await dumpSchema(session, 'app')).not.toBe(golden);
        await session.query('rollback');
      }
      expect(await dumpSchema(session, 'app')).toBe(golden);
    });
  });
});
