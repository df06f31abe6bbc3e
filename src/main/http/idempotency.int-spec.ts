import { randomUUID } from 'node:crypto';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { MemberStage, shortOf } from '#testing/member-stage.js';
import type { TestMember } from '#testing/members.js';
import { TIERS } from '#testing/test-platform.js';

describe.each(TIERS)('a request under an Idempotency-Key (%s tier)', (tier) => {
  let stage: MemberStage;
  let acme: Tenant;
  let globex: Tenant;

  beforeAll(async () => {
    stage = await MemberStage.open();
    ({ acme, globex } = await stage.tests.pair(tier));
  });
  afterAll(() => stage.close());

  const open = ({ bearer }: TestMember, key: string, title = 'Printer') =>
    stage.ask('POST', '/api/tickets', { ...bearer, 'idempotency-key': key }, { title });

  it('is one of its caller: the same key of a colleague or of another tenant makes something else', async () => {
    const key = randomUUID();
    const [ada, bob] = [await stage.people.signedIn(acme, 'member'), await stage.people.signedIn(acme, 'member')];
    const eve = await stage.people.signedIn(globex, 'member');
    const answers = [await open(ada, key), await open(bob, key), await open(eve, key)];
    expect(answers.map(({ statusCode, headers }) => [statusCode, headers['idempotent-replayed']])).toEqual(
      answers.map(() => [201, undefined]),
    );
    expect(new Set(answers.map((answer) => answer.json<{ id: string }>().id)).size).toBe(3);
    const again = await open(ada, key);
    expect([again.json(), again.headers['idempotent-replayed']]).toEqual([answers[0]?.json(), 'true']);
  });

  it('is refused when it says something else than the first', async () => {
    const [key, ada] = [randomUUID(), await stage.people.signedIn(acme, 'member')];
    expect((await open(ada, key)).statusCode).toBe(201);
    expect(shortOf(await open(ada, key, 'Scanner'))[1]).toBe('idempotency.key-reused');
  });
});
