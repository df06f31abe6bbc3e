import { join } from 'node:path';
import { DatabaseKeeper } from '#adapters/postgres/database-keeper.js';
import { Foundation } from '#adapters/postgres/foundation.js';
import { HomeMigrations } from '#adapters/postgres/homes/home-migrations.js';
import { HomeInUseError, PostgresHomes } from '#adapters/postgres/postgres-homes.js';
import { identifier } from '#adapters/postgres/session.js';
import { targetOf } from '#catalog/fleet/home-ledger.js';
import { HomesCheck } from '#control/doctor/checks/homes.check.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { projectFolder } from '#main/project-folder.js';
import { step } from '#testing/fleet/migration-step.js';
import { FleetStage } from '#testing/fleet/fleet-stage.js';
import { NEXT_LINE } from '#testing/fleet/small-line.js';

const [EXPAND, CONTRACT] = [NEXT_LINE[1]!.name, '0003-no-text'];
const LINE = [...NEXT_LINE, step(CONTRACT, ['alter table note drop column text'], { phase: 'contract', isBreaking: true })];

describe('homes that the doctor brings on', () => {
  let stage: FleetStage;
  let tenants: Tenant[];
  let homes: PostgresHomes;

  beforeEach(async () => {
    stage = await FleetStage.open();
    await stage.schemas(2);
    const { clusterBook: clusters, fences, ledger, tenants: registry } = stage.tests.provisioning;
    tenants = await registry.list();
    const migrations = new HomeMigrations(LINE);
    const foundation = new Foundation(join(projectFolder(), 'provisioning', 'tenancy.sql'));
    const keeper = new DatabaseKeeper({ clusters, homes: migrations, fences, foundation, ledger });
    homes = new PostgresHomes({ clusters, homes: migrations, fences, keeper, ledger });
  });
  afterEach(() => stage.close());

  const lacking = async (of = tenants): Promise<string[]> =>
    (await homes.drift(of)).map(({ problem }) => problem).filter((problem) => problem.startsWith('has not had'));
  const hadBy = async (name: string): Promise<number> => (await stage.had(name)).size;

  it('are told and brought no further than a run over the fleet may go', async () => {
    expect(await lacking()).toEqual([`has not had ${EXPAND}`, `has not had ${EXPAND}`]);
    for (const tenant of tenants) await homes.bring(tenant);
    expect([await hadBy(EXPAND), await hadBy(CONTRACT), await lacking()]).toEqual([2, 0, []]);
    // The shared home was the last that had not had what is before.
    await stage.release(NEXT_LINE).migrate();
    expect(await lacking()).toEqual([`has not had ${CONTRACT}`, `has not had ${CONTRACT}`]);
    for (const tenant of tenants) await homes.bring(tenant);
    expect([await hadBy(CONTRACT), await lacking()]).toEqual([2, []]);
  });

  it('get a migration again whose stamp was deleted, also when they have had later ones', async () => {
    const [tenant] = tenants as [Tenant];
    await stage.release(LINE).migrate();
    await stage.release(LINE).migrate();
    const { schema } = tenant.placement;
    await stage.on(async (session) => {
      await session.query(`alter table ${identifier(schema)}.note drop column colour`);
      await session.query('delete from tenancy.migration where home = $1 and name = $2', [schema, EXPAND]);
    });
    expect([await hadBy(CONTRACT), await lacking()]).toEqual([3, [`has not had ${EXPAND}`]]);
    await homes.bring(tenant);
    expect([await hadBy(EXPAND), await lacking()]).toEqual([3, []]);
    expect((await stage.on((session) => session.query(`select colour from ${identifier(schema)}.note`))).rows).toEqual([]);
  });

  it('are not waited for longer than a run would, and that is said', async () => {
    const [tenant] = tenants as [Tenant];
    const { cluster, database, schema: home } = tenant.placement;
    await stage.on(async (reader) => {
      await reader.query(`begin; select from ${identifier(home)}.note`);
      const began = performance.now();
      const failure: unknown = await homes.bring(tenant).catch((error: unknown) => error);
      expect(performance.now() - began).toBeLessThan(2_500);
      expect(failure).toBeInstanceOf(HomeInUseError);
      expect(String(failure)).toContain(`a table of ${targetOf({ cluster, database, home })} is in use`);
    });
    await homes.bring(tenant);
    expect(await hadBy(EXPAND)).toBe(1);
  });

  it('are one finding where many tenants share one, and it is brought on as long as one of them is there', async () => {
    const { home: schema } = stage.shared;
    const residents = tenants.map((tenant): Tenant => ({ ...tenant, placement: { ...tenant.placement, kind: 'row', schema } }));
    let settled = new Set(residents.map(({ id }) => id));
    const check = new HomesCheck(
      homes,
      async () => residents,
      async () => settled,
    );
    const found = (await check.look()).filter(({ problem }) => problem.startsWith('has not had'));
    expect(found.map(({ subject }) => subject)).toEqual([`shared home ${targetOf(stage.shared)}`]);
    settled = new Set();
    await found[0]?.mend?.();
    expect(await hadBy(EXPAND)).toBe(0);
    settled = new Set(residents.slice(1).map(({ id }) => id));
    await found[0]?.mend?.();
    expect(await hadBy(EXPAND)).toBe(1);
  });
});
