import type { Tenant } from '#kernel/tenancy/tenant.js';
import { MemberStage, shortOf } from '#testing/member-stage.js';
import type { TestMember } from '#testing/members.js';
import { TIERS } from '#testing/test-platform.js';
import type { MeView } from '#workspace/members/auth.schemas.js';
import type { CompanyView } from './company.schemas.js';

describe.each(TIERS)('the company (%s tier)', (tier) => {
  let stage: MemberStage;
  let acme: Tenant;
  let globex: Tenant;
  let owner: TestMember;
  let member: TestMember;

  beforeAll(async () => {
    stage = await MemberStage.open();
    ({ acme, globex } = await stage.tests.pair(tier));
    owner = await stage.people.signedIn(acme, 'owner');
    member = await stage.people.signedIn(acme, 'member');
  });
  afterAll(() => stage.close());

  const read = (who: TestMember) => stage.ask('GET', '/api/companies/me', who.bearer);
  const change = (who: TestMember, body: object, ifMatch = '*') =>
    stage.ask('PATCH', '/api/companies/me', { ...who.bearer, 'if-match': ifMatch }, body);

  it('is there from the first moment, with what the tenant was ordered with', async () => {
    const answer = await read(member);
    expect(answer.json()).toMatchObject({
      slug: acme.slug,
      name: acme.name,
      plan: acme.plan,
      region: acme.region,
      status: 'active',
      locale: 'en',
      timeZone: 'UTC',
      version: 1,
    });
    expect(answer.headers.etag).toBe('"1"');
  });

  it('is changed by an admin who knows its version, and no other company with it', async () => {
    const stranger = await stage.people.signedIn(globex, 'member');
    expect(shortOf(await change(member, { name: 'Mine' }))).toEqual([403, 'access.denied']);
    const { version } = (await read(owner)).json<CompanyView>();
    const answer = await change(owner, { name: ' Acme & Sons ', locale: 'de-CH', timeZone: 'Europe/Zurich' }, `"${version}"`);
    expect(answer.json()).toMatchObject({ name: 'Acme & Sons', locale: 'de-CH', timeZone: 'Europe/Zurich', version: version + 1 });
    expect(shortOf(await change(owner, { name: 'Late' }, `"${version}"`))).toEqual([412, 'precondition.failed']);
    expect((await read(stranger)).json()).toMatchObject({ name: globex.name, version: 1 });
    const named = async (who: TestMember) => (await stage.ask('GET', '/api/auth/me', who.bearer)).json<MeView>().tenant.name;
    expect([await named(owner), await named(stranger)]).toEqual(['Acme & Sons', globex.name]);
    const [entry] = await stage.sql.run(acme, `select changes from audit_event where action = 'company.changed' order by seq desc limit 1`);
    expect(entry?.['changes']).toContainEqual({ path: 'locale', old: 'en', new: 'de-CH' });
  });

  it.each([{ name: '' }, { name: 'x\0' }, { locale: 'english' }, { timeZone: 'Mars/Olympus' }, { plan: 'enterprise' }])(
    'refuses %j',
    async (body) => expect(shortOf(await change(owner, body))).toEqual([422, 'validation.failed']),
  );

  it('is cancelled by an owner who has just given their password', async () => {
    const cancel = (who: TestMember) => stage.ask('DELETE', '/api/companies/me', { ...who.bearer, 'if-match': '*' });
    const admin = await stage.people.signedIn(acme, 'admin');
    expect(shortOf(await cancel(admin))).toEqual([403, 'access.denied']);
    await stage.sql.run(acme, `update member_session set authenticated_at = now() - interval '6 minutes' where id = $1`, [owner.sessionId]);
    await stage.tests.platform.accessChanges.changed(acme.id);
    expect(shortOf(await cancel(owner))).toEqual([403, 'access.step-up-required']);
    const again = await stage.people.signIn(acme, owner.id);
    expect((await cancel(again)).statusCode).toBe(202);
    const entries = await stage.sql.run(acme, `select 1 from audit_event where action = 'company.cancellation-requested'`);
    expect(entries).toHaveLength(1);
  });
});
