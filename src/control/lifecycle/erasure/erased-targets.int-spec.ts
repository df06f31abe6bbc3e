import { randomUUIDv7 } from 'node:crypto';
import { homeOf, targetOf } from '#catalog/fleet/home-ledger.js';
import { MigrationRuns } from '#catalog/fleet/migration-runs.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { ErasureStage } from '#testing/lifecycle/erasure-stage.js';

const targetOfTenant = ({ placement }: Tenant): string => targetOf(homeOf(placement));

describe('an erased tenant that runs over the fleet had as a target', () => {
  let stage: ErasureStage;
  beforeAll(async () => {
    stage = await ErasureStage.open();
  });
  afterAll(() => stage.close());

  const known = async ({ placement }: Tenant): Promise<number> => {
    const { cluster, database, home } = homeOf(placement);
    return (await stage.catalog('select from home_version where cluster = ? and database = ? and home = ?', [cluster, database, home]))
      .length;
  };

  it('is in none of them any more, with the numbers true, and the ledger does not know its home', async () => {
    const { acme, globex } = await stage.pair('schema');
    const run = randomUUIDv7();
    await stage.catalog(
      `insert into migration_run (id, state, version, wish, total, migrated, failed, requested_by, finished_at)
       values (?, 'failed', '0001', '{"canary": 0}', 3, 1, 2, 'Ada', now())`,
      [run],
    );
    for (const { id, placement, state } of [acme, globex].map((tenant) => ({ ...tenant, state: 'failed' }))) {
      const { cluster, database, home } = homeOf(placement);
      await stage.catalog(
        `insert into migration_target (run_id, target, cluster, database, home, tier, tenant_id, wave, state) values (?, ?, ?, ?, ?, 'schema', ?, 2, ?)`,
        [run, targetOf({ cluster, database, home }), cluster, database, home, id, state],
      );
    }
    const failures = [acme, globex].map((tenant) => ({ target: targetOfTenant(tenant), error: 'x' }));
    await stage.catalog('insert into migration_run_event (run_id, seq, what) values (?, 1, ?::jsonb), (?, 2, ?::jsonb)', [
      ...[run, JSON.stringify({ state: 'running', wave: 2, targets: {}, failures })],
      ...[run, JSON.stringify({ state: 'running', wave: 2, targets: {}, failures: failures.slice(0, 1) })],
    ]);
    expect([await known(acme), await known(globex)]).toEqual([1, 1]);

    await stage.eraser().erase(stage.order(acme));

    const runs = new MigrationRuns(stage.tests.platform.catalog);
    expect((await runs.report(run)).targets).toEqual({ total: 2, migrated: 1, failed: 1, skipped: 0, pending: 0 });
    expect((await runs.targets(run, ['failed'], 10)).map(({ target }) => target)).toEqual([targetOfTenant(globex)]);
    expect((await runs.events(run, 0)).map((event) => event.failures)).toEqual([failures.slice(1), []]);
    expect([await known(acme), await known(globex)]).toEqual([0, 1]);
    await stage.catalog('delete from migration_run where id = ?', [run]);
  });

  it('leaves a shared home to the others in it', async () => {
    const { acme, globex } = await stage.pair('row');
    await stage.eraser().erase(stage.order(acme));
    expect([acme.placement.cluster, await known(globex)]).toEqual([globex.placement.cluster, 1]);
  });
});
