import { setTimeout as pause } from 'node:timers/promises';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { until } from '#testing/faults/until.js';
import { NotificationStage, noticeFor, type StageApi } from '#testing/notifications/notification-stage.js';
import { TIERS } from '#testing/test-platform.js';
import { MAIL_SENDER, type MailSender, MailNotSentError } from '../mail-sender.js';
import type { Notice } from '../notice.js';
import { Notifier } from '../notifier.js';
import { TellOfMembers } from '../tell-of-members.job.js';
import { NOTIFICATION_SETTINGS } from '../notification.settings.js';
import { DELIVERY_LIMITS } from './delivery-limits.js';
import { SendDigest } from './send-digest.job.js';
import { SendMail } from './send-mail.job.js';

const { digestFrom } = DELIVERY_LIMITS;
const windowMs = NOTIFICATION_SETTINGS.digestMinutes.default * 60_000;

describe.each(TIERS)('mails of tenants on the %s tier', (tier) => {
  let stage: NotificationStage;
  let api: StageApi;
  let acme: Tenant;
  let globex: Tenant;

  beforeAll(async () => {
    stage = await NotificationStage.open();
    api = await stage.api();
    ({ acme, globex } = await stage.pair(tier));
  });
  afterEach(() => stage.setAhead(0));
  afterAll(() => stage.close());

  const as = <T>(work: () => Promise<T>, tenant = acme): Promise<T> => stage.tests.as(tenant, work);
  const tell = (...notices: Notice[]) => as(() => api.platform.contexts.transaction(() => stage.part(api, Notifier).tell(notices)));
  const deliveries = (memberId: string) =>
    stage.sql.run(
      acme,
      'select id, state, attempts, error, title, digest_id from mail_delivery where member_id = $1 order by created_at, id',
      [memberId],
    );
  const send = (deliveryId: unknown) => as(() => stage.part(api, SendMail).handle({ deliveryId: String(deliveryId) }));
  const critical = (memberId: string, said: Partial<Notice> = {}) => noticeFor(memberId, { category: 'security', ...said });

  /** A delivery that is due, and whose it is. */
  async function due(said: Partial<Notice> = {}, facts: { name?: string } = {}): Promise<{ id: unknown; memberId: string; email: string }> {
    const { id: memberId, email } = await stage.people.member(acme, facts);
    await tell(noticeFor(memberId, said));
    const [row] = await deliveries(memberId);
    return { id: row?.['id'], memberId, email };
  }

  it('are text and HTML, with an id of the delivery’s and a way to turn them off', async () => {
    const { id, email } = await due({ title: 'Printer', body: 'It burns.', link: '/tickets/1' });
    await send(id);
    const [mail] = await stage.mails(email);
    expect([mail?.messageId, mail?.subject]).toEqual([`<${String(id)}@${acme.slug}.localhost>`, `[${acme.name}] Printer`]);
    for (const part of [mail?.text, mail?.html])
      expect(part).toContain(`http://${acme.slug}.localhost:${api.platform.config.PUBLIC_PORT}/tickets/1`);
    expect(mail?.headers.find(({ key }) => key === 'list-unsubscribe')?.value).toMatch(/^<http.*\/settings\/notifications>$/);
  });

  it('are from the company by the name it has now', async () => {
    await stage.sql.run(globex, `update company set name = 'Globex & Sons'`);
    const { id: memberId, email } = await stage.people.member(globex, { status: 'invited' });
    const fact = { memberId, linkId: memberId };
    const handle = () => stage.part(api, TellOfMembers).handle(fact, { id: 'job', topic: 'member.invited' });
    await as(() => api.platform.contexts.transaction(handle), globex);
    const [row] = await stage.sql.run(globex, 'select id from mail_delivery where member_id = $1', [memberId]);
    await as(() => stage.part(api, SendMail).handle({ deliveryId: String(row?.['id']) }), globex);
    expect((await stage.mails(email)).map(({ subject }) => subject)).toEqual(['[Globex & Sons] You are invited to Globex & Sons']);
  });

  it('offer no way to turn off what is critical', async () => {
    const { id, email } = await due({ category: 'security' });
    await send(id);
    const [mail] = await stage.mails(email);
    expect(mail?.headers.map(({ key }) => key)).not.toContain('list-unsubscribe');
  });

  it('carry text of tenants as text', async () => {
    const evil = '<script>alert(1)</script>\r\nBcc: everybody@example.test\r\n\r\ninjected';
    const { id, email } = await due({ title: evil, body: evil }, { name: evil.slice(0, 100) });
    await send(id);
    const [mail] = await stage.mails(email);
    expect(mail?.html).not.toContain('<script');
    expect([mail?.bcc, mail?.headers.filter(({ key }) => key === 'bcc')]).toEqual([undefined, []]);
    expect(mail?.subject).not.toMatch(/[\r\n]/);
    expect(await stage.mails('everybody@example.test')).toEqual([]);
  });

  it('give a link that lets its owner in, and keep it nowhere', async () => {
    const { id: memberId, email } = await stage.people.member(acme, { status: 'invited' });
    const linkId = memberId;
    const handle = () => stage.part(api, TellOfMembers).handle({ memberId, linkId }, { id: 'job', topic: 'member.invited' });
    await as(() => api.platform.contexts.transaction(handle));
    await as(() => api.platform.contexts.transaction(handle));
    const rows = await deliveries(memberId);
    expect(rows).toHaveLength(1);
    await send(rows[0]?.['id']);
    const [mail] = await stage.mails(email);
    const [, token = ''] = /\/setup\?token=([\w-]+)/.exec(mail?.text ?? '') ?? [];
    expect(token.length).toBeGreaterThan(40);
    const kept = await stage.sql.run(acme, `select d::text as row from mail_delivery d where member_id = $1`, [memberId]);
    expect(JSON.stringify(kept)).not.toContain(token);
    const inbox = await stage.sql.run(acme, 'select id from notification where member_id = $1', [memberId]);
    expect(inbox).toEqual([]);
  });

  it('are tried again when the server says later', async () => {
    const { id, memberId, email } = await due();
    await stage.planFaults(email, { status: 451 });
    await expect(send(id)).rejects.toBeInstanceOf(MailNotSentError);
    expect((await deliveries(memberId))[0]).toMatchObject({ state: 'pending', attempts: 1, error: expect.stringContaining('451') });
    await send(id);
    expect((await deliveries(memberId))[0]).toMatchObject({ state: 'sent', attempts: 2, error: null });
    expect(await stage.mails(email)).toHaveLength(1);
  });

  it('are not tried again when the address is refused, which then gets only what is critical until that is taken', async () => {
    const { id, memberId, email } = await due();
    await stage.planFaults(email, { status: 550 });
    await send(id);
    await send(id);
    expect((await deliveries(memberId))[0]).toMatchObject({ state: 'failed', attempts: 1 });
    const marked = () => stage.sql.run(acme, 'select address from mail_refusal where address = $1', [email]);
    expect(await marked()).toHaveLength(1);
    const next = async (notice: Notice): Promise<unknown> => {
      await tell(notice);
      const row = (await deliveries(memberId)).find(({ title }) => title === notice.title);
      await send(row?.['id']);
      return (await deliveries(memberId)).find(({ title }) => title === notice.title)?.['state'];
    };
    expect(await next(noticeFor(memberId, { title: 'dull' }))).toBe('failed');
    expect(await next(critical(memberId, { title: 'critical' }))).toBe('sent');
    expect(await marked()).toEqual([]);
    expect(await next(noticeFor(memberId, { title: 'dull again' }))).toBe('sent');
    expect(await stage.sql.run(globex, 'select address from mail_refusal')).toEqual([]);
  });

  it('come twice with one id when the worker dies after the server took one', async () => {
    const { id, memberId, email } = await due();
    const handler = stage.part(api, SendMail);
    const sender = api.app.get<MailSender>(MAIL_SENDER, { strict: false });
    const died = new (SendMail as unknown as new (...parts: unknown[]) => SendMail)(
      handler['contexts'],
      handler['composer'],
      { send: (mail) => sender.send(mail).then(() => Promise.reject(new Error('killed'))) } satisfies MailSender,
      handler['clock'],
    );
    await expect(as(() => died.handle({ deliveryId: String(id) }))).rejects.toThrow('killed');
    await send(id);
    await send(id);
    const mails = await stage.mails(email);
    expect(mails).toHaveLength(2);
    expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(1);
    expect((await deliveries(memberId))[0]).toMatchObject({ state: 'sent' });
  });

  it('hold up nobody but themselves while the server is slow', async () => {
    const { id, email } = await due();
    await stage.planFaults(email, { delayMs: 1_500 });
    const slow = send(id);
    await pause(100);
    const begun = performance.now();
    await stage.tell(api, { id: (await stage.people.member(acme)).id, tenant: acme }, 'meanwhile');
    expect(performance.now() - begun).toBeLessThan(1_000);
    await slow;
    expect(await stage.mails(email)).toHaveLength(1);
  });

  it('are dropped when their member was disabled meanwhile', async () => {
    const { id, memberId, email } = await due();
    await stage.sql.run(acme, `update member set status = 'disabled' where id = $1`, [memberId]);
    await send(id);
    expect([await stage.mails(email), (await deliveries(memberId))[0]?.['state']]).toEqual([[], 'dropped']);
  });

  it(`become one when ${digestFrom} of a category come within ten minutes`, async () => {
    const { id: memberId, email } = await stage.people.member(acme);
    for (let n = 1; n <= digestFrom + 2; n += 1) await tell(noticeFor(memberId, { title: `comment ${n}`, link: `/tickets/${n}` }));
    await tell(noticeFor(memberId, { title: 'of another category', category: 'assignments' }), critical(memberId, { title: 'critical' }));
    const states = async (): Promise<string[]> =>
      (await deliveries(memberId)).map(({ title, state }) => `${String(title)}: ${String(state)}`);
    expect((await states()).filter((text) => text.endsWith('gathered'))).toHaveLength(digestFrom + 2);
    for (const { id } of await deliveries(memberId)) await send(id);
    expect((await stage.mails(email)).map(({ subject }) => subject)).toEqual([
      `[${acme.name}] of another category`,
      `[${acme.name}] critical`,
    ]);
    const jobs = await stage.sql.run(
      acme,
      `select payload from tenancy.outbox where name = 'notifications.send-digest' and payload like $1`,
      [`%${memberId}%`],
    );
    expect(jobs).toHaveLength(1);
    const digest = () => as(() => stage.part(api, SendDigest).handle({ memberId, category: 'comments' }, { id: memberId }));
    await digest();
    await digest();
    const [made] = (await deliveries(memberId)).filter(({ title }) => String(title).endsWith('new notifications'));
    await send(made?.['id']);
    const mail = (await stage.mails(email)).at(-1);
    expect(mail?.subject).toBe(`[${acme.name}] ${digestFrom + 2} new notifications`);
    for (let n = 1; n <= digestFrom + 2; n += 1) expect(mail?.text).toContain(`comment ${n}\n`);
    stage.setAhead(windowMs + 1_000);
    await tell(noticeFor(memberId, { title: 'much later' }));
    expect(await states()).toContain('much later: pending');
  });

  it('go out by themselves when the event was kept, once', async () => {
    await stage.work();
    const member = await stage.people.member(acme, { status: 'invited' });
    const reset = await stage.people.member(acme);
    const { contexts, outbox } = stage.platform;
    const { memberInvited, passwordResetRequested, passwordChanged } = await import('#workspace/members/member.events.js');
    await as(() =>
      contexts.transaction(async () => {
        outbox.publish(memberInvited, { memberId: member.id, linkId: member.id });
        outbox.publish(memberInvited, { memberId: member.id, linkId: member.id });
        outbox.publish(passwordResetRequested, { memberId: reset.id, linkId: reset.id });
        outbox.publish(passwordChanged, { memberId: reset.id });
      }),
    );
    const count = async (): Promise<number[]> => [(await stage.mails(member.email)).length, (await stage.mails(reset.email)).length];
    await until(async () => String(await count()) === '1,2', 120_000);
    await until(async () => {
      const [row] = await stage.sql.run(
        acme,
        `select count(*)::int as open from tenancy.outbox where name = 'notifications.tell-of-members' and state <> 'done'`,
      );
      return row?.['open'] === 0;
    }, 60_000);
    expect(await count()).toEqual([1, 2]);
  }, 200_000);
});
