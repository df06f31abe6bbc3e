import { randomUUIDv7 } from 'node:crypto';
import { atDatabase } from '#adapters/postgres/session.js';
import { clusterNamed } from '#control/provisioning/cluster.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { Superuser } from '#testing/faults/superuser.js';
import { MemberStage, shortOf } from '#testing/member-stage.js';
import { TIERS } from '#testing/test-platform.js';
import type { AuditEventPage } from '#workspace/audit/audit.schemas.js';
import type { JobPage, JobView } from '#workspace/jobs/job.schemas.js';

/** No worker knows this kind, so that those of other specs leave it alone. */
const KIND = 'routes.unheard-of';

let stage: MemberStage;
beforeAll(async () => {
  stage = await MemberStage.open();
});
afterAll(() => stage.close());

/** Jobs in the order of their ids, which are given. */
async function jobsOf(tenant: Tenant, ...states: ('done' | 'dead')[]): Promise<string[]> {
  const { provisionUrl } = clusterNamed(tenant.placement.cluster, stage.tests.provisioning.clusters);
  const superuser = await Superuser.on(atDatabase(provisionUrl, tenant.placement.database));
  // Numbering rows takes the tenant's capability.
  await superuser.run('set session_replication_role = replica');
  const ids = states.map(() => randomUUIDv7()).sort();
  for (const [index, state] of states.entries())
    await superuser.run(
      `insert into tenancy.outbox (tenant_id, id, seq, name, topic, payload, origin, state, attempt, max_attempts, due_at, finished_at, created_at)
       values ($1, $2, $3, $4, 'specs.happened', '{"secret":"canary"}', '{}', $5, 8, 8, now(), now(), now())`,
      [tenant.id, ids[index], 1_000 + index, KIND, state],
    );
  await superuser.close();
  return ids;
}

describe.each(TIERS)('the jobs of a tenant of the %s tier, asked for', (tier) => {
  it('are given newest first, in pages, by state, without what they hold, and of nobody else', async () => {
    const { acme, globex } = await stage.tests.pair(tier);
    const [first, second, third] = await jobsOf(acme, 'dead', 'done', 'dead');
    const [other] = await jobsOf(globex, 'dead');
    const [ann, bob] = [await stage.people.signedIn(acme, 'admin'), await stage.people.signedIn(globex, 'admin')];
    const list = async (query: string, headers = ann.bearer): Promise<JobPage> => {
      const answer = await stage.ask('GET', `/api/jobs?name=${KIND}${query}`, headers);
      expect([shortOf(answer), answer.body.includes('canary')]).toEqual([[200], false]);
      return answer.json<JobPage>();
    };
    const idsOf = ({ data }: JobPage): string[] => data.map(({ id }) => id);

    const page = await list('&limit=2');
    expect(idsOf(page)).toEqual([third, second]);
    const rest = await list(`&limit=2&cursor=${String(page.nextCursor)}`);
    expect([idsOf(rest), rest.nextCursor]).toEqual([[first], null]);
    expect(idsOf(await list('&state=dead'))).toEqual([third, first]);
    expect(idsOf(await list('', bob.bearer))).toEqual([other]);

    const cursor = `cursor=${String(page.nextCursor)}`;
    const stolen = await stage.ask('GET', `/api/jobs?name=${KIND}&limit=2&${cursor}`, bob.bearer);
    expect(shortOf(stolen)).toEqual([400, 'cursor.invalid']);
    expect(shortOf(await stage.ask('GET', `/api/jobs?limit=2&${cursor}`, ann.bearer))).toEqual([400, 'cursor.invalid']);
  });

  it('are tried once more by its admins alone, which is on record with who asked', async () => {
    const { acme, globex } = await stage.tests.pair(tier);
    const [dead, done] = await jobsOf(acme, 'dead', 'done');
    const [ann, bob] = [await stage.people.signedIn(acme, 'admin'), await stage.people.signedIn(globex, 'admin')];
    const member = await stage.people.signedIn(acme, 'member');
    const retry = (id: string | undefined, { bearer }: { bearer: Record<string, string> }) =>
      stage.ask('POST', `/api/jobs/${String(id)}/retry`, bearer);

    expect(shortOf(await retry(dead, member))).toEqual([403, 'access.denied']);
    expect(shortOf(await retry(dead, bob))).toEqual([404, 'jobs.not-found']);
    expect(shortOf(await retry(done, ann))).toEqual([409, 'jobs.not-dead']);
    const answer = await retry(dead, ann);
    expect([answer.statusCode, answer.json<JobView>()]).toEqual([200, expect.objectContaining({ id: dead, state: 'pending', attempt: 8 })]);
    expect(shortOf(await retry(dead, ann))).toEqual([409, 'jobs.not-dead']);

    const record = await stage.ask('GET', '/api/audit/events?action=job.retried', (await stage.people.signedIn(acme, 'owner')).bearer);
    const { data } = record.json<AuditEventPage>();
    expect(data.map(({ actor, targets, details, outcome }) => ({ actor, targets, details, outcome }))).toEqual([
      {
        actor: expect.objectContaining({ id: ann.id }),
        targets: [{ type: 'job', id: dead }],
        details: { name: KIND, attempts: 8 },
        outcome: 'success',
      },
    ]);
  });
});
