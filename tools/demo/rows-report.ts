import type { Customer } from '#tools/demo/customer.js';
import { Findings } from '#tools/demo/findings.js';
import type { Page } from '#tools/demo/page.js';
import type { RunningStart } from '#tools/demo/running-start.js';
import { findRows } from '#tools/demo/whereabouts.js';

/** Shows where the tickets of each tenant lie. Gives whether `expected` of them lie in its home, and none elsewhere. */
export async function reportRows(
  page: Page,
  start: RunningStart,
  customers: readonly Customer[],
  expected: (customer: Customer) => number,
): Promise<boolean> {
  const unseen = Object.entries(start.clusters).filter(([, { superuserUrl }]) => !superuserUrl);
  for (const [name] of unseen) page.line(`Server ${name} is not looked into: its superuser is not known here.`);
  const rows = await findRows(start);
  const findings = new Findings();
  const lines = customers.map((customer) => {
    const { id, slug, placement } = customer;
    const { cluster, database, schema } = placement;
    const places = rows.filter(({ tenantId }) => tenantId === id).map((place) => [place.server, place.database, place.schema, place.rows]);
    const isSeen = !unseen.some(([name]) => name === cluster);
    findings.expect(slug, JSON.stringify(places), JSON.stringify(isSeen ? [[cluster, database, schema, expected(customer)]] : []));
    const elsewhere = places.filter(([server, there, home]) => server !== cluster || there !== database || home !== schema);
    const own = places.find((place) => !elsewhere.includes(place));
    const mark = page.mark(findings.all.at(-1)?.isMet ?? false);
    return [slug, cluster, database, schema, String(own?.[3] ?? 0), String(elsewhere.length), mark];
  });
  page.table(['tenant', 'server', 'database', 'schema', 'rows here', 'places elsewhere', ''], lines);
  return findings.areMet;
}
