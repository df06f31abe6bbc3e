import { attempt } from '#tools/demo/attempt.js';
import { outcomeOf } from '#tools/demo/door.js';
import { Findings } from '#tools/demo/findings.js';
import type { BusyOffice } from '#tools/demo/office.js';

const PATIENCE_MS = 10_000;

/** What of another tenant is shown at this tenant's address: credentials, ids, signed things. */
export class Strangers {
  readonly findings = new Findings();

  constructor(
    private readonly office: BusyOffice,
    private readonly other: BusyOffice,
  ) {}

  async try(): Promise<void> {
    await this.#tryCredentials();
    await this.#tryIds();
    await this.#trySignedThings();
    const { door } = this.office.owner.session;
    const isRecorded = await attempt(PATIENCE_MS, async () => {
      const { body } = await door.call('GET', '/api/audit/events?action=access.foreign-credential');
      return (body['data'] as unknown[] | undefined)?.length ? true : null;
    });
    this.findings.expect('that it was tried is', isRecorded ? 'on record' : 'NOT ON RECORD', 'on record');
  }

  async #tryCredentials(): Promise<void> {
    const { door } = this.office;
    const { owner, ownersBrowser } = this.other;
    const token = await door.with(owner.session.door.shown).call('GET', '/api/tickets');
    this.findings.expect("another's access token", outcomeOf(token), '401 access.unauthenticated');
    const cookies = await door.with({ cookie: ownersBrowser.cookie }).call('GET', '/api/tickets');
    this.findings.expect("another's cookies", outcomeOf(cookies), '401 access.unauthenticated');
    const { refreshToken } = owner.session;
    const renewed = await door.call('POST', '/api/auth/refresh', { body: { refreshToken } });
    this.findings.expect("another's refresh token", outcomeOf(renewed), '401 auth.session-ended');
    const signedIn = await door.call('POST', '/api/auth/login', { body: { email: owner.email, password: owner.password } });
    this.findings.expect("another's owner signs in here", outcomeOf(signedIn), '401 auth.invalid-login');
  }

  async #tryIds(): Promise<void> {
    const { owner, member } = this.office;
    const { ticketId, notificationId, member: stranger } = this.other;
    const ticket = await owner.session.door.call('GET', `/api/tickets/${ticketId}`);
    this.findings.expect("another's ticket, by its id", outcomeOf(ticket), '404 tickets.not-found');
    const read = await member.session.door.call('PATCH', `/api/notifications/${notificationId}/read`);
    this.findings.expect("another's notification, by its id", outcomeOf(read), '404 notifications.not-found');
    const user = await owner.session.door.call('GET', `/api/users/${stranger.id}`);
    this.findings.expect("another's member, by their id", outcomeOf(user), '404 members.not-found');
    const given = await owner.session.door.call('POST', '/api/tickets', { body: { title: 'For a stranger', assigneeId: stranger.id } });
    this.findings.expect("a ticket for another's member", outcomeOf(given), '422 tickets.assignee-unknown');
  }

  async #trySignedThings(): Promise<void> {
    const { door, owner, ownersBrowser } = this.office;
    const { body } = await this.other.owner.session.door.call('GET', '/api/tickets?limit=1');
    const page = await owner.session.door.call('GET', `/api/tickets?limit=1&cursor=${encodeURIComponent(String(body['nextCursor']))}`);
    this.findings.expect("the next page by another's cursor", outcomeOf(page), '400 cursor.invalid');
    const browser = { cookie: ownersBrowser.cookie, ...ownersBrowser.page, 'x-csrf-token': this.other.ownersBrowser.csrfToken };
    const change = await door.with(browser).call('DELETE', '/api/auth/sessions?except=current');
    this.findings.expect("another's CSRF token", outcomeOf(change), '403 csrf.mismatch');
  }
}
