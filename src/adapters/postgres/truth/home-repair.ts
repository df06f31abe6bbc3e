import { partOf, type Part } from '#adapters/postgres/truth/home-part.js';
import { MENDERS, type Mending } from '#adapters/postgres/truth/home-menders.js';
import type { HomeDifference, HomeFact, RepairStep } from '#control/fleet/home-truth.js';

/** For each difference how it could be mended. It is for people to read and send: nothing here is sent by itself. */
export function repairPlan({ missing, extra, changed }: Omit<HomeDifference, 'repair'>): RepairStep[] {
  const absent = new Map(missing.map(({ what, is }) => [what, is]));
  const indexOf = ({ table, name }: Part): string | undefined => absent.get(`table ${table} index ${name}`);
  return [
    ...outermost(missing)
      .filter(({ part }) => !isOfConstraint(part, absent))
      .map(({ what, is, part }) => toldOf(what, MENDERS[part.kind].missing(part, is, indexOf(part)))),
    ...changed.map(({ what, golden, found }) => {
      const part = partOf(what);
      return toldOf(what, MENDERS[part.kind].changed(part, golden, found));
    }),
    ...outermost(extra).map(({ what, is, part }) => toldOf(what, MENDERS[part.kind].extra(part, is))),
  ];
}

/** Without what is told already by the table, or the whole home, that it belongs to. */
function outermost(facts: readonly HomeFact[]): (HomeFact & { readonly part: Part })[] {
  const whole = new Set(facts.map(({ what }) => what));
  const isInside = (what: string, table: string): boolean =>
    what !== 'schema' && (whole.has('schema') || (what !== `table ${table}` && whole.has(`table ${table}`)));
  return facts.map((fact) => ({ ...fact, part: partOf(fact.what) })).filter(({ what, part }) => !isInside(what, part.table));
}

/** A key's index comes with the key. */
function isOfConstraint({ kind, table, name }: Part, absent: ReadonlyMap<string, string>): boolean {
  return kind === 'index' && absent.has(`table ${table} constraint ${name}`);
}

function toldOf(what: string, mending: Mending): RepairStep {
  return typeof mending === 'string' ? { what, sql: [], says: mending } : { what, ...mending };
}
