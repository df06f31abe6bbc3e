import { randomUUID } from 'node:crypto';
import { TestMembers } from '#testing/members.js';
import { TenantSql } from '#testing/tenant-sql.js';
import { TestPlatform, TIERS } from '#testing/test-platform.js';
import { TrimSessions } from './trim-sessions.job.js';

describe('the trim of sessions', () => {
  let test: TestPlatform;

  beforeAll(async () => {
    test = await TestPlatform.open();
  });
  afterAll(() => test.close());

  it.each(TIERS)('takes away what ended a month ago with its tokens, and nothing else and of nobody else (%s)', async (tier) => {
    const { acme, globex } = await test.pair(tier);
    const sql = new TenantSql(test.platform);
    const people = new TestMembers(test);
    const seen = async (tenant: typeof acme) => ({
      sessions: (await sql.run(tenant, 'select id from member_session order by created_at')).map(({ id }) => id),
      tokens: (await sql.run(tenant, 'select distinct session_id from refresh_token')).map((row) => row['session_id']),
      links: (await sql.run(tenant, `select purpose from one_time_token where member_id in (select member_id from member_session)`)).length,
    });
    const sessions: Record<string, string[]> = {};
    for (const tenant of [acme, globex]) {
      const { id, sessionId } = await people.signedIn(tenant, 'member');
      const newer = (await people.signIn(tenant, id)).sessionId;
      sessions[tenant.id] = [sessionId, newer];
      await sql.run(tenant, `update member_session set expires_at = now() - interval '31 days' where id = $1`, [sessionId]);
      await sql.run(tenant, `update member_session set expires_at = now() - interval '29 days' where id = $1`, [newer]);
      for (const days of [29, 31])
        await sql.run(
          tenant,
          `insert into one_time_token (tenant_id, id, member_id, purpose, expires_at, created_at)
           values ($1, $2, $3, 'reset', now() - make_interval(days => $4), now())`,
          [tenant.id, randomUUID(), id, days],
        );
    }
    const { contexts, members } = test.platform;
    const { signal } = new AbortController();
    await test.as(acme, () => new TrimSessions(contexts, members.clock).handle({}, { signal }));
    const [, newer] = sessions[acme.id]!;
    expect(await seen(acme)).toEqual({ sessions: [newer], tokens: [newer], links: 1 });
    const theirs = await seen(globex);
    expect([theirs.sessions, theirs.tokens.length, theirs.links]).toEqual([sessions[globex.id], 2, 2]);
  });
});
