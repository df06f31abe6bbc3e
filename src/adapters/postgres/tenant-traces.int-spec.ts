import { randomUUID } from 'node:crypto';
import { until } from '#testing/faults/until.js';
import { HomesStage } from '#testing/fleet/homes-stage.js';
import { TenantTraces } from './tenant-traces.js';

describe('what is left of a tenant on a server', () => {
  let stage: HomesStage;
  beforeAll(async () => {
    stage = await HomesStage.open();
  });
  afterAll(() => stage.close());

  it('is found past a database whose sessions somebody ends', async () => {
    const tenantId = randomUUID();
    const at = { tier: 'shared' as const, cluster: stage.cluster.name, database: await stage.database(), home: 'public' };
    // Whoever asks first waits, and is ended.
    await stage.tamper(
      at,
      'drop schema tenancy cascade',
      'create schema tenancy',
      'create sequence tenancy.asked',
      `create view tenancy.whoami as select '${tenantId}'::uuid as tenant_id from pg_sleep(case nextval('tenancy.asked') when 1 then 30 else 0 end)`,
    );
    const task = { tenantId, opaque: [], roles: [], provisionUrl: stage.cluster.provisionUrl, others: new Set<string>(), isShared: false };
    const [found] = await Promise.all([
      stage.superuser({ ...at, database: 'postgres' }, (session) => new TenantTraces(session, task).databases()),
      until(async () => {
        const ended = await stage.tamper(
          at,
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like '%from tenancy.whoami%' and pid <> pg_backend_pid()`,
        );
        return ended.length > 0;
      }, 20_000),
    ]);
    expect(found).toEqual([at.database]);
  });
});
