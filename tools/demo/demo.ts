import { BreakIn } from '#tools/demo/break-in.js';
import type { CommandLine } from '#tools/demo/command-line.js';
import { type Customer, signUpCustomers } from '#tools/demo/customer.js';
import type { Page } from '#tools/demo/page.js';
import { PeopleTour, type TourPart } from '#tools/demo/people-tour.js';
import { report } from '#tools/demo/report.js';
import { reportRows } from '#tools/demo/rows-report.js';
import type { RunningStart } from '#tools/demo/running-start.js';
import { TICKETS_OF_A_LIFE } from '#tools/demo/ticket-life.js';
import { TICKETS_EACH, Workday } from '#tools/demo/workday.js';

/** Shows a running product to a newcomer, and says whether everything was as it should be. */
export class Demo {
  #parts = 0;
  readonly #isMet: boolean[] = [];

  constructor(
    private readonly start: RunningStart,
    private readonly tenantry: CommandLine,
    private readonly page: Page,
  ) {}

  async show(): Promise<boolean> {
    const { page } = this;
    this.#heading('Sign-up: one tenant of each plan in each region, and a second Starter');
    const regions = [...new Set(Object.values(this.start.clusters).map(({ region }) => region))];
    const customers = await signUpCustomers(this.tenantry, regions);
    page.table(
      ['tenant', 'plan', 'region', 'isolation'],
      customers.map(({ slug, plan, region, placement }) => [slug, plan, region, placement.kind]),
    );
    this.#heading('Programs at work over HTTP, each at its own address');
    this.#isMet.push(await this.#work(customers));
    const visited = oneOfEachPlan(customers);
    const tour = new PeopleTour(this.start, visited);
    for await (const part of tour.parts()) this.#report(part);
    this.#heading('Injected SQL: each tries to get at its neighbour');
    this.#isMet.push(await this.#attack(customers));
    this.#report(await tour.mails());
    this.#heading('Where the tickets lie, seen by the superuser of every server');
    const expected = (customer: Customer): number => TICKETS_EACH + (visited.includes(customer) ? TICKETS_OF_A_LIFE : 0);
    this.#isMet.push(await reportRows(page, this.start, customers, expected));

    const areMet = this.#isMet.every(Boolean);
    page.heading(areMet ? page.styled('green', 'Everything was as expected.') : page.styled('red', 'Not everything was as expected.'));
    return areMet;
  }

  #report({ title, told }: TourPart): void {
    this.#heading(title);
    this.#isMet.push(report(this.page, told));
  }

  #heading(title: string): void {
    this.#parts += 1;
    this.page.heading(`${this.#parts}. ${title}`);
  }

  async #work(customers: readonly Customer[]): Promise<boolean> {
    const days = customers.map((customer) => ({ customer, day: new Workday(this.start, customer) }));
    const firstTickets = new Map<string, string>();
    for (const { customer, day } of days) firstTickets.set(customer.id, await day.openTickets());
    for (const { customer, day } of days) {
      await day.changeTicket(firstTickets.get(customer.id) ?? '');
      const neighbour = neighbourOf(customer, customers);
      await day.tryNeighbour(neighbour, firstTickets.get(neighbour.id) ?? '');
    }
    return report(
      this.page,
      days.map(({ customer, day }) => ({ customer, findings: day.findings })),
    );
  }

  async #attack(customers: readonly Customer[]): Promise<boolean> {
    const told = customers.map((customer) => {
      const breakIn = new BreakIn(this.tenantry, customer, neighbourOf(customer, customers));
      return { customer, breakIn, findings: breakIn.findings };
    });
    await Promise.all(told.map(({ breakIn }) => breakIn.attempt()));
    return report(this.page, told);
  }
}

/** The next one, so that every tier meets another, and one row tenant meets one in the same tables. */
function neighbourOf(customer: Customer, customers: readonly Customer[]): Customer {
  const next = customers[(customers.indexOf(customer) + 1) % customers.length];
  return next ?? customer;
}

function oneOfEachPlan(customers: readonly Customer[]): Customer[] {
  return [...new Map(customers.toReversed().map((customer) => [customer.plan, customer])).values()].toReversed();
}
