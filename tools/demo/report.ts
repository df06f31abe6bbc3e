import type { Customer } from '#tools/demo/customer.js';
import type { Finding, Findings } from '#tools/demo/findings.js';
import type { Page } from '#tools/demo/page.js';

/** What a part of the demo found of one tenant. */
export interface Told {
  readonly customer: Customer;
  readonly findings: Findings;
}

/** What was tried, a line each; under each tenant what came of it. Gives whether all was as expected. */
export function report(page: Page, told: readonly Told[]): boolean {
  const tried = told[0]?.findings.all ?? [];
  page.table(
    ['', ...told.map(({ customer }) => labelOf(customer))],
    tried.map(({ what }, index) => [what, ...told.map(({ findings }) => resultOf(page, findings.all[index]))]),
  );
  return told.length > 0 && told.every(({ findings }) => findings.areMet && findings.all.length === tried.length);
}

function resultOf(page: Page, finding: Finding | undefined): string {
  if (!finding) return page.styled('red', 'NOT TRIED');
  return finding.isMet ? page.styled('green', finding.found) : page.styled('red', `${finding.found}, NOT ${finding.expected}`);
}

function labelOf({ placement, region }: Customer): string {
  return `${placement.kind} ${region}`;
}
