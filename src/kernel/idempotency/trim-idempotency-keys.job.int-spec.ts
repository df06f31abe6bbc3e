import { TrimIdempotencyKeys } from '#kernel/idempotency/trim-idempotency-keys.job.js';
import { TenantSql } from '#testing/tenant-sql.js';
import { TestPlatform, TIERS } from '#testing/test-platform.js';

describe('the trim of kept answers', () => {
  let test: TestPlatform;

  beforeAll(async () => {
    test = await TestPlatform.open();
  });
  afterAll(() => test.close());

  it.each(TIERS)('takes away those that are not given again, more than one statement may, and of nobody else (%s)', async (tier) => {
    const { acme, globex } = await test.pair(tier);
    const sql = new TenantSql(test.platform);
    for (const tenant of [acme, globex])
      await sql.run(
        tenant,
        `insert into idempotency_key (tenant_id, principal, route, key, fingerprint, created_at, expires_at)
         select $1::uuid, 'member:x', 'POST /x', 'k' || n, 'f', now(), now() + case when n < 3 then interval '1 hour' else interval '-1 second' end
         from generate_series(1, 4500) n`,
        [tenant.id],
      );
    const { signal } = new AbortController();
    await test.as(acme, () => new TrimIdempotencyKeys(test.platform.contexts).handle({}, { signal }));
    expect(await sql.run(acme, 'select key from idempotency_key order by key')).toEqual([{ key: 'k1' }, { key: 'k2' }]);
    expect(await sql.run(globex, 'select count(*)::int as count from idempotency_key')).toEqual([{ count: 4500 }]);
  });
});
