import { printTable, short } from '#tools/bench/print-table.js';
import type { CaseResult, ResultBook } from '#tools/bench/result-book.js';

interface Goal {
  readonly subject: string;
  readonly case: string;
  readonly of: (result: CaseResult) => number;
  readonly hold: { readonly atLeast: number } | { readonly atMost: number };
}

const ratio = ({ ratio: found }: CaseResult): number => found ?? NaN;
const value = ({ value: found }: CaseResult): number => found;

/** The numbers the design holds, and where they are in the book. */
const GOALS: readonly Goal[] = [
  { subject: 'row: list, to plain', case: 'read/row@16', of: ratio, hold: { atLeast: 1 } },
  { subject: 'row: list, to recipe', case: 'read/row to recipe@16', of: ratio, hold: { atLeast: 1.6 } },
  { subject: 'row: list, round trips', case: 'trips/row list', of: value, hold: { atMost: 1 } },
  { subject: 'schema: list, to plain', case: 'read/schema@16', of: ratio, hold: { atLeast: 0.85 } },
  { subject: 'schema: list, round trips', case: 'trips/schema list', of: value, hold: { atMost: 1 } },
  { subject: 'database: list, to plain', case: 'read/database@16', of: ratio, hold: { atLeast: 0.93 } },
  { subject: 'database: list, round trips', case: 'trips/database list', of: value, hold: { atMost: 1 } },
  ...['row', 'schema', 'database'].flatMap((tier): Goal[] => [
    { subject: `${tier}: ticket and outbox, to four trips`, case: `outbox/${tier}@16`, of: ratio, hold: { atLeast: 1.5 } },
    { subject: `${tier}: list at 1 ms of delay, p50`, case: `delay/list ${tier}`, of: ratio, hold: { atMost: 1.15 } },
    { subject: `${tier}: ORM find, to the same without`, case: `orm find/${tier}@16`, of: ratio, hold: { atLeast: 0.9 } },
    { subject: `${tier}: ORM flush, to the same without`, case: `orm flush/${tier}@16`, of: ratio, hold: { atLeast: 0.9 } },
  ]),
  ...['key', 'token'].map((credential): Goal => ({
    subject: `request: resolve, authenticate by ${credential}, open; us`,
    case: `http/ours, context opened, by ${credential}`,
    of: ({ details }) => Number(details?.['overNobody']),
    hold: { atMost: 25 },
  })),
  {
    subject: 'request: that, log, headers and metrics; us over bare',
    case: 'http/ours, context opened, by key',
    of: ({ details }) => Number(details?.['overBare']),
    hold: { atMost: 25 },
  },
  { subject: 'crowd: backends on a server', case: 'crowd/most backends on a server', of: value, hold: { atMost: 32 } },
  { subject: 'crowd: KiB of heap a request', case: 'crowd/heap a request', of: value, hold: { atMost: 8 } },
  { subject: 'crowd: MiB private to a backend', case: 'crowd/largest private memory', of: value, hold: { atMost: 64 } },
  { subject: 'cold schema, to statement by statement', case: 'provisioning/schema, ours', of: ratio, hold: { atMost: 0.6 } },
  { subject: 'cold database, to create and replay', case: 'provisioning/database, from the template', of: ratio, hold: { atMost: 0.35 } },
  { subject: 'fleet of 1,000 schemas, to a loop by hand', case: 'fleet/1000', of: ratio, hold: { atMost: 1.25 } },
  { subject: 'fleet: what is due of 3,000, ms', case: 'fleet/3000', of: ({ details }) => Number(details?.['dueMs']), hold: { atMost: 50 } },
  {
    subject: 'fleet: verifying 3,000, s',
    case: 'fleet/3000',
    of: ({ details }) => Number(details?.['verifySeconds']),
    hold: { atMost: 10 },
  },
  { subject: 'fleet: one client a home, to ours', case: 'fleet/one client a home', of: ratio, hold: { atLeast: 15 } },
  { subject: 'Starter: sign-up to first request, p95 ms', case: 'onboarding/row p95', of: value, hold: { atMost: 300 } },
  ...['cold', 'warm'].flatMap((pool): Goal[] => [
    { subject: `Professional: the same, ${pool}`, case: `onboarding/schema, ${pool} p95`, of: value, hold: { atMost: 1_000 } },
    { subject: `Enterprise: the same, ${pool}`, case: `onboarding/database, ${pool} p95`, of: value, hold: { atMost: 2_000 } },
  ]),
  ...['schema', 'database'].map((tier): Goal => ({
    subject: `${tier}: its step from the warm pool, p50 ms`,
    case: `onboarding/${tier}, warm place`,
    of: value,
    hold: { atMost: 5 },
  })),
];

/** Prints what the design holds beside what was measured, and where the time goes where it falls short. */
export function printGoals(book: ResultBook): void {
  const measured = GOALS.flatMap((goal) => {
    const result = book.find(goal.case);
    return result ? [{ goal, result, found: goal.of(result) }] : [];
  });
  if (measured.length === 0) return;
  const missed = measured.filter(({ goal, found }) => !isHeld(goal, found));
  printTable(
    'what the design holds',
    ['number', 'hold', 'measured', '95 %', ''],
    measured.map(({ goal, result, found }) => [
      goal.subject,
      'atLeast' in goal.hold ? `>= ${goal.hold.atLeast}` : `<= ${goal.hold.atMost}`,
      short(found),
      goal.of === ratio && result.spread ? `${result.spread.low.toFixed(2)}-${result.spread.high.toFixed(2)}` : '',
      isHeld(goal, found) ? 'ok' : 'short',
    ]),
  );
  printCosts(
    book,
    missed.map(({ result }) => result),
  );
}

function isHeld({ hold }: Goal, found: number): boolean {
  return 'atLeast' in hold ? found >= hold.atLeast : found <= hold.atMost;
}

/** Processor time an operation took here and in the server, beside that of its baseline. */
function printCosts(book: ResultBook, results: readonly CaseResult[]): void {
  const rows = results.flatMap(({ name, details }) => {
    const baseline = book.find(name.replace(/\/.*@/, `/${String(details?.['baselineName'])}@`))?.details;
    if (!baseline || details?.['clientMicros'] === undefined) return [];
    const pair = (key: string): string[] => [short(Number(details[key])), short(Number(details[key]) - Number(baseline[key]))];
    return [[name, ...pair('clientMicros'), ...pair('serverMicros')]];
  });
  if (rows.length > 0)
    printTable('where those that fall short spend it (us an operation)', ['case', 'client', 'more', 'server', 'more'], rows);
}
