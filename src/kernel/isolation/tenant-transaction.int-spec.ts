import { randomUUID } from 'node:crypto';
import { Kysely } from 'kysely';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { TenantDialect } from '#kernel/isolation/tenant-dialect.js';
import type { OutboxTables } from '#kernel/outbox/outbox-table.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { TestPlatform, TIERS } from '#testing/test-platform.js';

describe.each(TIERS)('a transaction of a tenant (%s tier)', (tier) => {
  let test: TestPlatform;
  let acme: Tenant;
  let globex: Tenant;
  let contexts: TenantContextFactory;
  const told: [string, unknown][] = [];

  beforeAll(async () => {
    test = await TestPlatform.open();
    ({ acme, globex } = await test.pair(tier));
    const { tenantOrm, routing } = test.platform;
    const kysely = new Kysely<unknown>({ dialect: new TenantDialect(routing) });
    contexts = new TenantContextFactory(tenantOrm, kysely, ({ id }, failure) => told.push([id, failure]));
  });
  afterAll(() => test.close());
  beforeEach(async () => {
    told.splice(0);
    for (const tenant of [acme, globex]) await test.as(tenant, () => contexts.transaction((own) => remove(own.sql())));
  });

  const remove = (sql: Kysely<OutboxTables>) => sql.deleteFrom('tenancy.outbox').where('name', 'like', 'spec.%').execute();
  const write = (name: string) =>
    contexts.transaction(({ tenant }) =>
      contexts
        .reads<OutboxTables>()
        .insertInto('tenancy.outbox')
        .values({
          ...{ tenant_id: tenant.id, id: randomUUID(), name: `spec.${name}`, topic: 'spec', payload: '{}', origin: '{}' },
          ...{ state: 'done', max_attempts: 1, due_at: null, created_at: new Date() },
        } as never)
        .execute(),
    );
  const written = async (tenant: Tenant): Promise<string[]> =>
    test.as(tenant, async () => {
      const rows = await contexts
        .reads<OutboxTables>()
        .selectFrom('tenancy.outbox')
        .select('name')
        .where('name', 'like', 'spec.%')
        .execute();
      return rows.map(({ name }) => name).sort();
    });

  it('keeps nothing when a part of it failed and the failure was caught', async () => {
    const failure = new Error('half way');
    const asked = test.as(acme, () =>
      contexts.transaction(async () => {
        await write('before');
        await contexts
          .transaction(async () => {
            await write('half');
            throw failure;
          })
          .catch(() => undefined);
        await write('after');
      }),
    );
    await expect(asked).rejects.toMatchObject({ code: 'isolation.rolled-back', cause: failure });
    await test.as(globex, () => write('kept'));
    expect([await written(acme), await written(globex)]).toEqual([[], ['spec.kept']]);
  });

  it('keeps what was committed when a step after it fails, takes the other steps, and tells of it', async () => {
    const failure = new Error('nobody hears');
    const taken: string[] = [];
    const asked = test.as(acme, () =>
      contexts.transaction(async (own) => {
        await write('kept');
        own.afterCommit(() => Promise.reject(failure));
        own.afterCommit(async () => void taken.push('second'));
        return 'answer';
      }),
    );
    expect(await asked).toBe('answer');
    expect([taken, told]).toEqual([['second'], [[acme.id, failure]]]);
    expect([await written(acme), await written(globex)]).toEqual([['spec.kept'], []]);
  });
});
