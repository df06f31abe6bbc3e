import { AuditRecord } from '#tools/demo/audit-record.js';
import type { Customer } from '#tools/demo/customer.js';
import { Door } from '#tools/demo/door.js';
import { Findings } from '#tools/demo/findings.js';
import { Mailbox } from '#tools/demo/mailbox.js';
import type { BusyOffice, Office } from '#tools/demo/office.js';
import type { Told } from '#tools/demo/report.js';
import type { RunningStart } from '#tools/demo/running-start.js';
import { SessionLife } from '#tools/demo/session-life.js';
import { Staffing } from '#tools/demo/staffing.js';
import { Strangers } from '#tools/demo/strangers.js';
import { TenantsHome } from '#tools/demo/superuser.js';
import { TicketLife } from '#tools/demo/ticket-life.js';
import { welcomeOwner } from '#tools/demo/welcome.js';

/** A part of the tour, with what was found of each tenant. */
export interface TourPart {
  readonly title: string;
  readonly told: readonly Told[];
}

/** What people do in one tenant of each tier, part by part; in each part the tenants are at work beside each other. */
export class PeopleTour {
  readonly #mailbox: Mailbox;
  #offices: readonly BusyOffice[] = [];

  constructor(
    private readonly start: RunningStart,
    private readonly customers: readonly Customer[],
  ) {
    this.#mailbox = new Mailbox(start);
  }

  async *parts(): AsyncGenerator<TourPart> {
    const arrivals = await this.#each(this.customers, (customer) => this.#arrive(customer));
    yield { title: 'The owner comes in by a link of a mail', told: arrivals.map(({ welcome, office }) => told(office, welcome)) };
    yield { title: 'People and their rights', told: arrivals.map(({ staffing, office }) => told(office, staffing)) };

    const lives = arrivals.map(({ office }) => new TicketLife(office));
    const offices = await this.#each(lives, async (life): Promise<BusyOffice> => ({ ...life.office, ...(await life.live()) }));
    yield { title: 'A ticket from its opening to its completion', told: lives.map(({ office, findings }) => told(office, findings)) };

    this.#offices = offices;

    const sessions = offices.map((office) => new SessionLife(office, this.#homeOf(office)));
    await this.#each(sessions, (life) => life.live());
    yield { title: "The member's sessions", told: sessions.map(({ office, findings }) => told(office, findings)) };

    const records = await this.#each(offices, async (office) => {
      const record = new AuditRecord(office, this.#homeOf(office));
      await record.examine(office.ticketId);
      return told(office, record.findings);
    });
    yield { title: 'The record of what was done', told: records };

    const strangers = await this.#each(offices, async (office, index) => {
      const visit = new Strangers(office, offices[(index + 1) % offices.length] ?? office);
      await visit.try();
      return told(office, visit.findings);
    });
    yield { title: 'What belongs to another tenant, shown at this one', told: strangers };
  }

  /** To be asked last: mails that are in no hurry are gathered for a while. */
  async mails(): Promise<TourPart> {
    const waits = await this.#each(this.#offices, async (office) => {
      const findings = new Findings();
      const { owner, member } = office;
      const wanted = [
        { what: 'the member, of the assignment', person: member, subject: 'You were assigned' },
        { what: 'the owner, of the comment', person: owner, subject: 'New comment on' },
        ...(this.#homeOf(office)
          ? [{ what: 'the member, of the stolen token', person: member, subject: 'One of your sessions was ended' }]
          : []),
      ];
      for (const { what, person, subject } of wanted)
        findings.expect(what, (await this.#mailbox.hasMail(person.email, subject)) ? 'mailed' : 'no mail', 'mailed');
      return told(office, findings);
    });
    return { title: 'Who was mailed meanwhile', told: waits };
  }

  async #arrive(customer: Customer): Promise<{ office: Office; welcome: Findings; staffing: Findings }> {
    const [welcome, staffing] = [new Findings(), new Findings()];
    const door = new Door(this.start, customer.slug);
    const { owner, browser } = await welcomeOwner(door, customer, this.#mailbox, welcome);
    const staff = await new Staffing(door, customer, this.#mailbox, staffing).hire(owner);
    return { office: { customer, door, owner, ownersBrowser: browser, ...staff }, welcome, staffing };
  }

  #homeOf({ customer }: Office): TenantsHome | null {
    return TenantsHome.of(this.start, customer);
  }

  #each<T, R>(all: readonly T[], work: (one: T, index: number) => Promise<R>): Promise<R[]> {
    return Promise.all(all.map(work));
  }
}

function told({ customer }: Office, findings: Findings): Told {
  return { customer, findings };
}
