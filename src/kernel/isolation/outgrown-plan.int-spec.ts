import { randomUUID } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { identifier } from '#adapters/postgres/session.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { Ticket } from '#plugins/tickets/ticket.entity.js';
import { FleetStage } from '#testing/fleet/fleet-stage.js';
import { TenantSql } from '#testing/tenant-sql.js';
import { TIERS } from '#testing/test-platform.js';

/** Seen so often, a statement is kept prepared. */
const OFTEN = 4;
const EVERYTHING = 'select * from tickets where id <> $1';

describe.each(TIERS)('a plan that its table has outgrown, in the %s tier', (tier) => {
  let stage: FleetStage;
  let tenants: Tenant[];
  let sql: TenantSql;
  const ids = new Map<string, string>();

  beforeAll(async () => {
    stage = await FleetStage.open(null);
    tenants = await Promise.all([stage.tests.tenant(tier), stage.tests.tenant(tier)]);
    sql = new TenantSql(stage.tests.platform);
    for (const { id } of tenants) ids.set(id, randomUUID());
    const insert = 'insert into tickets (tenant_id, id, title, created_at, updated_at) values ($1, $2, $3, now(), now())';
    for (const tenant of tenants) await sql.run(tenant, insert, [tenant.id, ids.get(tenant.id), tenant.slug]);
  });
  afterAll(() => stage.close());

  const widen = async (): Promise<void> => {
    const homes = new Map(tenants.map(({ placement: { database, schema } }) => [`${database}/${schema}`, { database, schema }]));
    for (const { database, schema } of homes.values())
      await stage.onDatabase(database, (session) =>
        session.query(`alter table ${identifier(schema)}.tickets add column wider_${randomUUID().slice(0, 8)} text`),
      );
  };
  const everything = async (tenant: Tenant): Promise<unknown[]> =>
    (await sql.run(tenant, EVERYTHING, [randomUUID()])).map(({ title }) => title);
  const byId = (tenant: Tenant): Promise<string | undefined> =>
    stage.tests.as(tenant, async () => {
      const em = stage.tests.platform.contexts.open().em as unknown as EntityManager;
      return em.transactional(async (inner) => {
        await inner.execute('select 1');
        return (await inner.findOne(Ticket, { id: ids.get(tenant.id)! }))?.title;
      });
    });

  it('is made anew where nothing has happened yet', async () => {
    for (const tenant of tenants) for (let count = 0; count < OFTEN; count += 1) await everything(tenant);
    await widen();
    for (const tenant of tenants) for (let count = 0; count < OFTEN; count += 1) expect(await everything(tenant)).toEqual([tenant.slug]);
  });

  it('ends a transaction that is under way, as a tenant that is away for a moment, and is not kept', async () => {
    for (const tenant of tenants) {
      for (let count = 0; count < OFTEN; count += 1) await everything(tenant);
      await widen();
      const inTheMiddle = (): Promise<unknown[]> =>
        sql.transaction(tenant, async (run) => {
          await run('select 1');
          return run(EVERYTHING, [randomUUID()]);
        });
      await expect(inTheMiddle()).rejects.toMatchObject({ code: 'tenant.unavailable' });
      expect(await inTheMiddle()).toHaveLength(1);
    }
  });

  it('is none of the ORM’s, which names columns, also in the middle of a transaction', async () => {
    for (const tenant of tenants) for (let count = 0; count < OFTEN; count += 1) expect(await byId(tenant)).toBe(tenant.slug);
    await widen();
    for (const tenant of tenants) expect(await byId(tenant)).toBe(tenant.slug);
  });
});
