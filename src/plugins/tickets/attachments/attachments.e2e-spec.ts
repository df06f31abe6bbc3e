import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { PlanCatalogue } from '#kernel/tenancy/plan-terms.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import { until } from '#testing/faults/until.js';
import { MemberStage, shortOf } from '#testing/member-stage.js';
import type { TestMember } from '#testing/members.js';
import { TIERS } from '#testing/test-platform.js';
import type { AttachmentView } from './attachment.schemas.js';
import { AttachmentsService } from './attachments.service.js';
import { FILES_PLACE, placeOf } from './file-place.js';
import { RemoveFiles } from './remove-files.job.js';
import { SweepFiles } from './sweep-files.job.js';

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

describe.each(TIERS)('files with tickets in the %s tier', (tier) => {
  let stage: MemberStage;
  let acme: Tenant;
  let globex: Tenant;
  let ada: TestMember;
  let bob: TestMember;
  let eve: TestMember;
  let ticket: string;
  let port: number;

  beforeAll(async () => {
    stage = await MemberStage.open();
    ({ acme, globex } = await stage.tests.pair(tier));
    ada = await stage.people.signedIn(acme, 'admin');
    bob = await stage.people.signedIn(acme, 'member');
    eve = await stage.people.signedIn(globex, 'owner');
    ticket = await openTicket(ada);
    await stage.app.listen(0, '127.0.0.1');
    port = Number(new URL(await stage.app.getUrl()).port);
  });
  afterAll(() => stage.close());

  const openTicket = async (who: TestMember): Promise<string> => {
    const headers = { ...who.bearer, 'idempotency-key': randomUUID() };
    return (await stage.ask('POST', '/api/tickets', headers, { title: 'With files' })).json<{ id: string }>().id;
  };
  const ask = async (method: string, path: string, headers: object, body?: Buffer): Promise<Answer> => {
    const asked = request({ port, host: '127.0.0.1', method, path, headers: { ...headers } });
    const answered = once(asked, 'response');
    asked.end(body);
    const [response] = (await answered) as [IncomingMessage];
    return { status: response.statusCode ?? 0, headers: response.headers, body: await buffer(response) };
  };
  const upload = (who: TestMember, name: string, body: Buffer, type?: string, id = ticket): Promise<Answer> =>
    ask(
      'POST',
      `/api/tickets/${id}/attachments?name=${encodeURIComponent(name)}`,
      { ...who.bearer, 'content-length': body.length, ...(type !== undefined && { 'content-type': type }) },
      body,
    );
  const viewOf = ({ status, body }: Answer): AttachmentView => {
    expect([status, status === 201 ? '' : body.toString()]).toEqual([201, '']);
    return JSON.parse(body.toString()) as AttachmentView;
  };
  const objectsOf = (tenant: Tenant): Promise<string[]> =>
    TenantScope.run(tenant, async () => {
      const found: string[] = [];
      for await (const { path } of stage.tests.platform.objects.list(FILES_PLACE)) found.push(path.at(-1) ?? '');
      return found;
    });
  const rowsOf = (tenant: Tenant, id: string): Promise<unknown[]> =>
    stage.sql.run(tenant, 'select id from ticket_attachment where ticket_id = $1', [id]);
  const taken = async (): Promise<number> => Number((await stage.sql.run(acme, 'select bytes from ticket_storage'))[0]?.['bytes'] ?? 0);
  const codeOf = ({ body }: Answer): string => (JSON.parse(body.toString()) as { code: string }).code;

  it.each([
    ['application/pdf', 'application/pdf'],
    ['application/json', 'application/json'],
    ['text/html; charset=utf-16', 'text/html'],
    ['multipart/form-data; boundary=x', 'multipart/form-data'],
    ['not a type', 'application/octet-stream'],
    [undefined, 'application/octet-stream'],
  ])('keeps the bytes of a body said to be %s, and gives them back as a file', async (type, kept) => {
    const bytes = Buffer.concat([Buffer.from('{"not": json'), randomBytes(300_000)]);
    const added = viewOf(await upload(bob, 'día "1".pdf', bytes, type));
    expect(added).toMatchObject({ name: 'día _1_.pdf', contentType: kept, size: bytes.length, createdBy: { kind: 'member', id: bob.id } });
    expect(added.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    const got = await ask('GET', `/api/tickets/${ticket}/attachments/${added.id}`, ada.bearer);
    expect([got.status, got.body.equals(bytes)]).toEqual([200, true]);
    expect(got.headers).toMatchObject({
      'content-type': kept,
      'content-length': String(bytes.length),
      'content-disposition': `attachment; filename="dia _1_.pdf"; filename*=UTF-8''d%C3%ADa%20_1_.pdf`,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
  });

  it('lists what there is, names it harmlessly, keeps the same file once, and takes an empty one', async () => {
    const id = await openTicket(ada);
    const names = ['../../etc/passwd', 'in\u202Evoice.exe', '', 'empty'];
    const bodies = ['one', 'two', 'three', ''];
    for (const [n, name] of names.entries()) viewOf(await upload(bob, name, Buffer.from(bodies[n]!), undefined, id));
    const before = await taken();
    const again = viewOf(await upload(bob, '../../etc/passwd', Buffer.from('one'), 'text/plain', id));
    const page = (await stage.ask('GET', `/api/tickets/${id}/attachments?limit=3`, bob.bearer)).json<{
      data: AttachmentView[];
      nextCursor: string;
    }>();
    expect(page.data.map(({ name }) => name)).toEqual(['passwd', 'invoice.exe', 'file']);
    expect(page.data[0]!.id).toBe(again.id);
    expect(await taken()).toBe(before);
    const rest = await stage.ask('GET', `/api/tickets/${id}/attachments?limit=3&cursor=${page.nextCursor}`, bob.bearer);
    expect(rest.json()).toMatchObject({ data: [{ name: 'empty', size: 0 }], nextCursor: null });
    expect((await objectsOf(acme)).filter((one) => one === again.id)).toHaveLength(1);
    expect(await rowsOf(acme, id)).toHaveLength(4);
  });

  it('reads no body of those who may not, or for what is not there', async () => {
    const viewer = await stage.people.signedIn(acme, 'viewer');
    const body = randomBytes(2_000_000);
    const objects = await objectsOf(acme);
    const refused = await upload(viewer, 'x', body);
    expect([refused.status, codeOf(refused)]).toEqual([403, 'access.denied']);
    for (const who of [eve, ada]) {
      const missing = await upload(who, 'x', body, 'text/plain', who === eve ? ticket : randomUUID());
      expect([missing.status, codeOf(missing), missing.headers.connection]).toEqual([404, 'tickets.not-found', 'close']);
    }
    const chunked = await ask(
      'POST',
      `/api/tickets/${ticket}/attachments`,
      { ...bob.bearer, 'transfer-encoding': 'chunked' },
      Buffer.from('x'),
    );
    expect([chunked.status, codeOf(chunked)]).toEqual([411, 'tickets.length-needed']);
    expect(await objectsOf(acme)).toEqual(objects);
    expect(await objectsOf(globex)).toEqual([]);
  });

  it('leaves neither row nor object of an upload whose client vanishes', async () => {
    const id = await openTicket(ada);
    const objects = await objectsOf(acme);
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const head = Object.entries({ ...bob.bearer, 'content-length': '5000000' }).map(([name, value]) => `${name}: ${value}`);
    socket.write(`POST /api/tickets/${id}/attachments?name=half HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n`);
    socket.write(randomBytes(1_000_000));
    await until(() => socket.bytesWritten > 1_000_000 && socket.writableLength === 0, 10_000);
    socket.destroy();
    // What comes after it has been served when this has.
    viewOf(await upload(bob, 'whole', Buffer.from('whole'), undefined, id));
    await until(async () => (await objectsOf(acme)).length === objects.length + 1, 10_000);
    expect(await rowsOf(acme, id)).toHaveLength(1);
  });

  it('takes a file away from those who may, and its object after the commit', async () => {
    const added = viewOf(await upload(bob, 'mine', Buffer.from('mine')));
    const path = `/api/tickets/${ticket}/attachments/${added.id}`;
    const before = await taken();
    const cy = await stage.people.signedIn(acme, 'member');
    expect(shortOf(await stage.ask('DELETE', path, cy.bearer))).toEqual([403, 'access.denied']);
    expect(shortOf(await stage.ask('GET', path, eve.bearer))).toEqual([404, 'tickets.not-found']);
    expect(shortOf(await stage.ask('DELETE', path, bob.bearer))).toEqual([204]);
    expect(shortOf(await stage.ask('GET', path, bob.bearer))).toEqual([404, 'tickets.attachment-not-found']);
    expect(await taken()).toBe(before - 4);
    const [job] = await stage.sql.run(
      acme,
      `select payload from tenancy.outbox where name = 'tickets.remove-files' order by seq desc limit 1`,
    );
    expect(JSON.parse(String(job?.['payload']))).toEqual({ ticketId: ticket, attachmentId: added.id });
    expect(await objectsOf(acme)).toContain(added.id);
    const remove = new RemoveFiles(stage.tests.platform.objects);
    await stage.tests.as(acme, () => remove.handle({ ticketId: ticket, attachmentId: added.id }));
    await stage.tests.as(acme, () => remove.handle({ ticketId: ticket, attachmentId: added.id }));
    expect(await objectsOf(acme)).not.toContain(added.id);
  });

  it('takes everything with a ticket, and gives its room back', async () => {
    const id = await openTicket(ada);
    const before = await taken();
    for (const name of ['a', 'b']) viewOf(await upload(bob, name, Buffer.from('12345'), undefined, id));
    expect(await taken()).toBe(before + 10);
    expect(shortOf(await stage.ask('DELETE', `/api/tickets/${id}`, { ...ada.bearer, 'if-match': '*' }))).toEqual([204]);
    expect([await taken(), await rowsOf(acme, id)]).toEqual([before, []]);
    const objects = await objectsOf(acme);
    await stage.tests.as(acme, () => new RemoveFiles(stage.tests.platform.objects).handle({ ticketId: id }));
    expect((await objectsOf(acme)).length).toBe(objects.length - 2);
  });

  it('stops at what the plan has room for, also when many come at once', async () => {
    const { contexts, access, audit, outbox, objects, plans, settings, flags } = stage.tests.platform;
    const terms = new Map([...plans.terms].map(([name, plan]) => [name, { ...plan, limits: { ...plan.limits, attachmentsMb: 3 } }]));
    const service = new AttachmentsService(
      contexts,
      {} as never,
      access,
      audit,
      outbox,
      new PlanCatalogue(terms),
      objects,
      settings,
      flags,
    );
    const id = await openTicket(eve);
    const add = (n: number): Promise<unknown> => {
      const body = Buffer.alloc(1_000_000, n);
      const origin = { ...WorkOrigin.current(), surface: 'cli' as const };
      return stage.tests.as(globex, () =>
        WorkOrigin.run(origin, () => service.add(id, `f${n}`, { stream: Readable.from([body]), type: undefined, length: body.length })),
      );
    };
    const outcomes = await Promise.allSettled([1, 2, 3, 4, 5, 6, 7].map(add));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'tickets.storage-full' });
    await expect(add(8)).rejects.toMatchObject({ code: 'tickets.storage-full' });
    expect(await objectsOf(globex)).toHaveLength(3);
    expect(await rowsOf(globex, id)).toHaveLength(3);
  });

  it('sweeps objects that never got a row, and no others', async () => {
    const { contexts, objects } = stage.tests.platform;
    const [kept] = (await rowsOf(
      globex,
      (await stage.sql.run(globex, 'select ticket_id from ticket_attachment limit 1'))[0]!['ticket_id'] as string,
    )) as { id: string }[];
    const [old, young] = ['01900000-0000-7000-8000-000000000001', randomUUIDv7Now()];
    const stray = '01900000-0000-7000-8000-00000000000f';
    await stage.tests.as(globex, async () => {
      for (const id of [old, young]) await objects.put(placeOf(stray, id), Readable.from(['x']), { size: 1, contentType: 'text/plain' });
      await objects.put([stray, old], Readable.from(['x']), { size: 1, contentType: 'text/plain' });
      await new SweepFiles(contexts, objects).handle({}, { signal: new AbortController().signal });
      const others: unknown[] = [];
      for await (const { path } of objects.list([stray])) others.push(path);
      expect(others).toHaveLength(1);
    });
    const left = await objectsOf(globex);
    expect(left).toEqual(expect.arrayContaining([kept!.id, young]));
    expect(left).not.toContain(old);
  });
});

function randomUUIDv7Now(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000001`;
}
