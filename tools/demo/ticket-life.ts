import { randomBytes } from 'node:crypto';
import { outcomeOf } from '#tools/demo/door.js';
import { Findings } from '#tools/demo/findings.js';
import { LiveStream } from '#tools/demo/live-stream.js';
import type { Office } from '#tools/demo/office.js';

export const TICKETS_OF_A_LIFE = 1;

const PATIENCE_MS = 15_000;

/** A ticket from its opening to its completion, by two people. */
export class TicketLife {
  readonly findings = new Findings();
  /** A word that no other ticket has. */
  readonly #word = `zeppelin${randomBytes(3).toString('hex')}`;
  readonly #title = `Repair the ${this.#word}`;

  constructor(readonly office: Office) {}

  /** Gives the ids of the ticket and of what the member was told of it. */
  async live(): Promise<{ ticketId: string; notificationId: string }> {
    const ticketId = await this.#open();
    const notificationId = await this.#assign(ticketId);
    await this.#race(ticketId);
    await this.#discuss(ticketId);
    await this.#find(ticketId);
    return { ticketId, notificationId };
  }

  /** Twice with one key, as somebody does whose connection broke before the answer. */
  async #open(): Promise<string> {
    const { door } = this.office.owner.session;
    const headers = { 'idempotency-key': crypto.randomUUID() };
    const opened = await door.call('POST', '/api/tickets', { body: { title: this.#title }, headers });
    this.findings.expect('the owner opens a ticket', outcomeOf(opened), '201');
    const again = await door.call('POST', '/api/tickets', { body: { title: this.#title }, headers });
    const isSame = again.headers['idempotent-replayed'] === 'true' && again.text === opened.text;
    this.findings.expect('... once more with the same key', `${again.status}, ${isSame ? 'the same' : 'another'}`, '201, the same');
    const other = await door.call('POST', '/api/tickets', { body: { title: 'Something else' }, headers });
    this.findings.expect('... something else with the same key', outcomeOf(other), '422 idempotency.key-reused');
    return String(opened.body['id']);
  }

  async #assign(ticketId: string): Promise<string> {
    const { owner, member } = this.office;
    const stream = await LiveStream.open(member.session.door);
    try {
      const assigned = await owner.session.door.call('POST', `/api/tickets/${ticketId}/assign`, { body: { assigneeId: member.id } });
      this.findings.expect('the owner assigns it to the member', outcomeOf(assigned), '200');
      const event = await stream.event('assignments', PATIENCE_MS);
      const heard = event?.['link'] === `/tickets/${ticketId}` ? 'at once' : JSON.stringify(event);
      this.findings.expect('the member is told of it live', heard, 'at once');
      const id = String(event?.['id']);
      const unread = async (): Promise<string> =>
        String((await member.session.door.call('GET', '/api/notifications/unread-count')).body['count']);
      const before = await unread();
      await member.session.door.call('PATCH', `/api/notifications/${id}/read`);
      this.findings.expect('has it unread, reads it', `${before}, then ${await unread()}`, '1, then 0');
      return id;
    } finally {
      stream.close();
    }
  }

  async #race(ticketId: string): Promise<void> {
    const path = `/api/tickets/${ticketId}`;
    const { owner, member } = this.office;
    const { headers } = await member.session.door.call('GET', path);
    const change = (priority: string) => ({ body: { priority }, headers: { 'if-match': headers.etag ?? '' } });
    const written = await Promise.all([
      owner.session.door.call('PATCH', path, change('high')),
      member.session.door.call('PATCH', path, change('low')),
    ]);
    this.findings.expect('both change it at once', written.map(outcomeOf).sort().join(', '), '200, 412 precondition.failed');
    const kept = (await member.session.door.call('GET', path)).body['priority'];
    const isKept = kept === written.find(({ status }) => status === 200)?.body['priority'];
    this.findings.expect('what the first wrote', isKept ? 'is kept' : 'IS LOST', 'is kept');
  }

  async #discuss(ticketId: string): Promise<void> {
    const { member, owner } = this.office;
    const said = await member.session.door.call('POST', `/api/tickets/${ticketId}/comments`, { body: { body: 'It is torn.' } });
    this.findings.expect('the member comments', outcomeOf(said), '201');
    const files = `/api/tickets/${ticketId}/attachments`;
    const picture = randomBytes(100_000);
    const type = { 'content-type': 'image/png' };
    const added = await member.session.door.call('POST', `${files}?name=torn.png`, { body: picture, headers: type });
    this.findings.expect('... and attaches a picture', outcomeOf(added), '201');
    const answer = await owner.session.door.open('GET', `${files}/${String(added.body['id'])}`);
    const isSame = picture.equals(Buffer.concat(await answer.toArray()));
    this.findings.expect('the owner downloads it', isSame ? 'byte for byte' : `${String(answer.statusCode)}, others`, 'byte for byte');
  }

  async #find(ticketId: string): Promise<void> {
    const { viewer, member } = this.office;
    const { body } = await viewer.session.door.call('GET', `/api/tickets?q=${this.#word.slice(0, -2)}`);
    const found = (body['data'] as { id: string }[] | undefined)?.map(({ id }) => id) ?? [];
    this.findings.expect(
      'the viewer finds it by a part of a word',
      found.join() === ticketId ? 'it alone' : JSON.stringify(body),
      'it alone',
    );
    const done = await member.session.door.call('POST', `/api/tickets/${ticketId}/complete`);
    this.findings.expect('the member completes it', `${done.status} ${String(done.body['status'])}`, '200 completed');
  }
}
