import { projectFolder } from '#main/project-folder.js';
import { BreakIn } from '#tools/demo/break-in.js';
import { CommandLine } from '#tools/demo/command-line.js';
import { type Customer, signUpCustomers } from '#tools/demo/customer.js';
import { NothingRunningError } from '#tools/demo/demo.errors.js';
import { type Finding, Findings } from '#tools/demo/findings.js';
import { Page } from '#tools/demo/page.js';
import { findRunningStart, type RunningStart } from '#tools/demo/running-start.js';
import { findRows } from '#tools/demo/whereabouts.js';
import { TICKETS_EACH, Workday } from '#tools/demo/workday.js';

const page = new Page(process.stdout);

async function show(): Promise<boolean> {
  const root = projectFolder();
  const start = await findRunningStart(process.env, root);
  const tenantry = new CommandLine(root, start.dataDir);

  page.heading('1. Sign-up: one tenant of each plan in each region, and a second Starter');
  const regions = [...new Set(Object.values(start.clusters).map(({ region }) => region))];
  const customers = await signUpCustomers(tenantry, regions);
  page.table(
    ['tenant', 'plan', 'region', 'isolation'],
    customers.map(({ slug, plan, region, placement }) => [slug, plan, region, placement.kind]),
  );

  page.heading('2. Work over HTTP, each at its own address');
  const worked = await work(start, customers);
  page.heading('3. Injected SQL: each tries to get at its neighbour');
  const attacked = await attack(tenantry, customers);
  page.heading('4. Where the rows lie, seen by the superuser of every server');
  const located = await locate(start, customers);
  const areMet = [worked, attacked, located].every((met) => met);
  page.heading(areMet ? page.styled('green', 'Everything was as expected.') : page.styled('red', 'Not everything was as expected.'));
  return areMet;
}

async function work(start: RunningStart, customers: readonly Customer[]): Promise<boolean> {
  const days = customers.map((customer) => ({ customer, day: new Workday(start, customer) }));
  const firstTickets = new Map<string, string>();
  for (const { customer, day } of days) firstTickets.set(customer.id, await day.openTickets());
  for (const { customer, day } of days) {
    await day.changeTicket(firstTickets.get(customer.id) ?? '');
    const neighbour = neighbourOf(customer, customers);
    await day.tryNeighbour(neighbour, firstTickets.get(neighbour.id) ?? '');
  }
  return report(days.map(({ customer, day }) => ({ customer, findings: day.findings.all })));
}

async function attack(tenantry: CommandLine, customers: readonly Customer[]): Promise<boolean> {
  const told: { customer: Customer; findings: Finding[] }[] = [];
  for (const customer of customers) {
    const breakIn = new BreakIn(tenantry, customer, neighbourOf(customer, customers));
    await breakIn.attempt();
    told.push({ customer, findings: breakIn.findings.all });
  }
  return report(told);
}

async function locate(start: RunningStart, customers: readonly Customer[]): Promise<boolean> {
  const unseen = Object.entries(start.clusters).filter(([, { superuserUrl }]) => !superuserUrl);
  for (const [name] of unseen) page.line(`Server ${name} is not looked into: its superuser is not known here.`);
  const rows = await findRows(start);
  const findings = new Findings();
  const lines = customers.map(({ id, slug, placement: { cluster, database, schema } }) => {
    const places = rows.filter(({ tenantId }) => tenantId === id).map((place) => [place.server, place.database, place.schema, place.rows]);
    const isSeen = !unseen.some(([name]) => name === cluster);
    findings.expect(slug, JSON.stringify(places), JSON.stringify(isSeen ? [[cluster, database, schema, TICKETS_EACH]] : []));
    const elsewhere = places.filter(([server, there, home]) => server !== cluster || there !== database || home !== schema);
    const own = places.find((place) => !elsewhere.includes(place));
    return [
      slug,
      cluster,
      database,
      schema,
      String(own?.[3] ?? 0),
      String(elsewhere.length),
      page.mark(findings.all.at(-1)?.isMet ?? false),
    ];
  });
  page.table(['tenant', 'server', 'database', 'schema', 'rows here', 'places elsewhere', ''], lines);
  return findings.areMet;
}

/** What was tried, a line each; under each tenant what came of it. */
function report(told: readonly { customer: Customer; findings: readonly Finding[] }[]): boolean {
  const tried = told[0]?.findings ?? [];
  page.table(
    ['', ...told.map(({ customer }) => labelOf(customer))],
    tried.map(({ what }, index) => [what, ...told.map(({ findings }) => resultOf(findings[index]))]),
  );
  return told.every(({ findings }) => findings.every(({ isMet }) => isMet));
}

function resultOf(finding: Finding | undefined): string {
  if (!finding) return '';
  return finding.isMet ? page.styled('green', finding.found) : page.styled('red', `${finding.found}, NOT ${finding.expected}`);
}

function labelOf({ placement, region }: Customer): string {
  return `${placement.kind} ${region}`;
}

/** The next one, so that every tier meets another, and one row tenant meets one in the same tables. */
function neighbourOf(customer: Customer, customers: readonly Customer[]): Customer {
  const next = customers[(customers.indexOf(customer) + 1) % customers.length];
  return next ?? customer;
}

try {
  process.exitCode = (await show()) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof NothingRunningError ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
  process.exitCode = 1;
}
