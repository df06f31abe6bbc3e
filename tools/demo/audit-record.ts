import { outcomeOf } from '#tools/demo/door.js';
import { Findings } from '#tools/demo/findings.js';
import type { Office } from '#tools/demo/office.js';
import type { TenantsHome } from '#tools/demo/superuser.js';

/** The audit record of a tenant, and what comes out when a superuser writes in it. */
export class AuditRecord {
  readonly findings = new Findings();

  constructor(
    readonly office: Office,
    private readonly home: TenantsHome | null,
  ) {}

  async examine(ticketId: string): Promise<void> {
    const { door } = this.office.owner.session;
    const { body } = await door.call('GET', `/api/audit/events?target=ticket:${ticketId}&limit=100`);
    const events = (body['data'] as { seq: number; action: string }[] | undefined) ?? [];
    const actions = new Set(events.map(({ action }) => action));
    const wanted = ['ticket.opened', 'ticket.assigned', 'ticket.completed'].filter((action) => !actions.has(action));
    this.findings.expect('opening, assignment, completion are on it', wanted.length > 0 ? `without ${wanted.join()}` : 'yes', 'yes');
    const seen = await this.office.viewer.session.door.call('GET', '/api/audit/events');
    this.findings.expect('the viewer looks at it', outcomeOf(seen), '403 access.denied');
    this.findings.expect('the owner has it verified', await this.#verdict(), 'valid');
    const opened = events.at(-1)?.seq;
    if (this.home && opened !== undefined) await this.#tamper(this.home, opened);
  }

  /** An event is dated back by an hour, and forth again. */
  async #tamper(home: TenantsHome, seq: number): Promise<void> {
    const date = (change: string): Promise<number> => home.update('audit_event', `occurred_at = occurred_at ${change}`, 'seq = $2', [seq]);
    const dated = await date(`- interval '1 hour'`);
    try {
      this.findings.expect('a superuser dates an event back', `${dated} event`, '1 event');
      const verdict = await this.#verdict();
      const place = `altered at ${seq}`;
      this.findings.expect('it is verified again', verdict === place ? 'names the place' : verdict, 'names the place');
    } finally {
      await date(`+ interval '1 hour'`);
    }
    this.findings.expect('... and when all is as it was', await this.#verdict(), 'valid');
  }

  async #verdict(): Promise<string> {
    const answer = await this.office.owner.session.door.call('GET', '/api/audit/verify');
    if (answer.body['valid'] === true) return Number(answer.body['checked']) > 0 ? 'valid' : 'nothing to look at';
    const problems = (answer.body['problems'] as { kind: string; seq: number }[] | undefined) ?? [];
    return problems.map(({ kind, seq }) => `${kind} at ${seq}`).join(', ') || outcomeOf(answer);
  }
}
