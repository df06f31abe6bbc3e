import type { Tenant } from '#kernel/tenancy/tenant.js';
import { until } from '#testing/faults/until.js';
import { JobsWorld } from '#testing/jobs/jobs-world.js';
import { TIERS } from '#testing/test-platform.js';

const LONG = process.env['SPEC_LONG'] === '1';
const many = (count: number, ms = 0): { n: number; ms: number }[] => Array.from({ length: count }, (_, n) => ({ n, ms }));

describe('the workers’ time', () => {
  let world: JobsWorld;

  beforeEach(async () => {
    world = await JobsWorld.open();
  });
  afterEach(() => world.close());

  it('goes to a newcomer within the first few starts, though another tenant has 10,000 jobs waiting', async () => {
    const [acme, globex] = [await world.tenant('row'), await world.tenant('row')];
    await world.enqueue(acme, many(10_000));
    world.engine(4);
    await until(async () => (await world.count(acme, 'done')) > 20, 10_000);
    await world.enqueue(globex, many(1));
    await until(() => world.isIdle(globex), 10_000);
    const [row] = await world.sql(
      acme,
      `select count(*)::int as ahead from tenancy.outbox other, tenancy.outbox mine
       where mine.tenant_id = $2 and other.tenant_id = $1 and other.started_at > mine.created_at and other.started_at < mine.started_at`,
      globex.id,
    );
    expect(await world.count(acme, 'pending')).toBeGreaterThan(5_000);
    expect(row?.['ahead']).toBeLessThanOrEqual(4 + 2);
  });

  it('is shared 1 : 2 : 4 by the weights of the plans while all have work', async () => {
    const tenants = await Promise.all(TIERS.map((tier) => world.tenant(tier)));
    const total = LONG ? 1_400 : 350;
    await Promise.all(tenants.map((tenant) => world.enqueue(tenant, many(total, 10))));
    world.engine(4);
    const done = (): Promise<number[]> => Promise.all(tenants.map((tenant) => world.count(tenant, 'done')));
    // A database of its own is opened at the first job, and meanwhile the others have the workers to themselves.
    await until(async () => (await done()).every((count) => count > 10), 30_000);
    const before = await done();
    await until(async () => (await done())[2]! >= total * 0.8, 60_000);
    const shares = (await done()).map((count, index) => count - before[index]!);
    const sum = shares.reduce((one, other) => one + other);
    expect(sum).toBeGreaterThan(total * 0.8);
    for (const [index, weight] of [1, 2, 4].entries()) expect(Math.abs((shares[index]! / sum) * 7 - weight)).toBeLessThan(weight * 0.1);
  }, 120_000);

  it('is never given to more jobs of a tenant at once than its plan allows, over four workers', async () => {
    const [acme, globex] = [await world.tenant('row'), await world.tenant('schema')];
    await Promise.all([acme, globex].map((tenant) => world.enqueue(tenant, many(40, 30))));
    for (let worker = 0; worker < 4; worker += 1) world.engine(4);
    await until(async () => (await world.isIdle(acme)) && (await world.isIdle(globex)), 20_000);
    expect([await mostAtOnce(acme), await mostAtOnce(globex)]).toEqual([2, 4]);
  });

  async function mostAtOnce(tenant: Tenant): Promise<unknown> {
    const [row] = await world.sql(
      tenant,
      `select max(beside) as most from (
         select (select count(*)::int from tenancy.outbox other where other.tenant_id = $1 and other.started_at <= one.started_at
           and other.finished_at > one.started_at) as beside
         from tenancy.outbox one where one.tenant_id = $1) as counted`,
    );
    return row?.['most'];
  }
});
