import type { Customer } from '#tools/demo/customer.js';
import { type Door, outcomeOf } from '#tools/demo/door.js';
import type { Findings } from '#tools/demo/findings.js';
import type { Mailbox } from '#tools/demo/mailbox.js';
import type { Colleague } from '#tools/demo/office.js';
import { freshPassword, signIn } from '#tools/demo/person.js';

/** The owner brings in a member and a viewer, who may do what their roles say and are told why not more. */
export class Staffing {
  constructor(
    private readonly door: Door,
    private readonly customer: Customer,
    private readonly mailbox: Mailbox,
    private readonly findings: Findings,
  ) {}

  async hire(owner: Colleague): Promise<{ member: Colleague; viewer: Colleague }> {
    const member = await this.#invite(owner, 'member');
    const viewer = await this.#invite(owner, 'viewer');
    await this.#tryRights(owner, member, viewer);
    return { member, viewer };
  }

  async #invite(owner: Colleague, role: string): Promise<Colleague> {
    const person = { email: `${role}@${this.customer.slug}.example`, password: freshPassword() };
    const invited = await owner.session.door.call('POST', '/api/users', { body: { email: person.email, name: `A ${role}`, role } });
    this.findings.expect(`the owner invites a ${role}`, outcomeOf(invited), '201');
    const token = (await this.mailbox.setUpToken(person.email)) ?? '-';
    const setUp = await this.door.call('POST', '/api/auth/setup', { body: { token, password: person.password } });
    this.findings.expect(`the ${role} comes by the link of a mail`, outcomeOf(setUp), '200');
    return { ...person, id: String(invited.body['id']), session: await signIn(this.door, person) };
  }

  async #tryRights(owner: Colleague, member: Colleague, viewer: Colleague): Promise<void> {
    const reading = await viewer.session.door.call('GET', '/api/tickets');
    this.findings.expect('the viewer reads tickets', outcomeOf(reading), '200');
    const opening = await viewer.session.door.call('POST', '/api/tickets', { body: { title: 'Not for viewers' } });
    this.findings.expect('the viewer opens a ticket', outcomeOf(opening), '403 access.denied');
    const { body: why } = await viewer.session.door.call('GET', '/api/authz/explain?permission=tickets:create');
    this.findings.expect('... why not?', String(why['reason']), 'Nothing allows tickets:create.');
    const about = `/api/authz/explain?permission=tickets:create&member=${member.id}`;
    const { body: whyNot } = await owner.session.door.call('GET', about);
    this.findings.expect('the owner asks why the member may', `${String(whyNot['allow'])}, by ${String(whyNot['rule'])}`, 'true, by role');
    const curious = await viewer.session.door.call('GET', about);
    this.findings.expect('the viewer asks about the member', outcomeOf(curious), '403 access.denied');
    const inviting = { body: { email: `friend@${this.customer.slug}.example`, name: 'A friend', role: 'admin' } };
    const invited = await member.session.door.call('POST', '/api/users', inviting);
    this.findings.expect('the member invites a friend', outcomeOf(invited), '403 access.denied');
  }
}
