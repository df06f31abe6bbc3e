import { atDatabase, withSession } from '#adapters/postgres/session.js';
import type { FleetVerification } from '#control/fleet/fleet-verifier.js';
import { HomesStage, type StagedHome } from '#testing/fleet/homes-stage.js';
import { driftLines, driftReport } from './drift-report.js';

const SPOILT = [
  'drop index tickets_newest',
  'alter table ticket_comment disable row level security',
  'drop policy tenant on member',
  'grant select on setting to public',
  'alter table ticket_comment disable trigger all',
  'grant select on tenancy.fence to tenantry_tenant',
];

describe('a repair as it is printed', () => {
  let stage: HomesStage;
  let homes: StagedHome[];

  beforeAll(async () => {
    stage = await HomesStage.open();
    homes = await stage.homes();
  });
  afterAll(() => stage.close());

  it('mends what it was printed for when it is sent as it is, in whatever path, and nothing else', async () => {
    const { verifier } = stage.test.provisioning;
    const [shared, , database] = homes;
    const verify = (): Promise<FleetVerification> => verifier.verify(homes.map((home) => ({ ...home, version: null })));
    expect(await verify()).toEqual({ checked: 3, drifted: [], unreachable: [] });
    for (const home of [shared!, database!]) {
      await stage.tamper(home, ...SPOILT);
      const lines = driftLines(driftReport(await verify()));
      expect(lines.filter((line) => line.startsWith('  drifted ')).map((line) => line.split(' ')[3])).toEqual([
        `${home.cluster}/${home.database}/tenancy`,
        `${home.cluster}/${home.database}/${home.home}`,
      ]);
      const statements = lines.filter((line) => line.endsWith(';'));
      expect(statements.filter((line) => line.includes('search_path')).map((line) => line.trim())).toEqual([
        'set search_path = "tenancy", pg_temp;',
        `set search_path = "${home.home}", pg_temp;`,
      ]);
      await withSession(atDatabase(stage.cluster.provisionUrl, home.database), async (session) => {
        for (const statement of statements) await session.query(statement);
      });
      expect(await verify()).toEqual({ checked: 3, drifted: [], unreachable: [] });
    }
  });
});
