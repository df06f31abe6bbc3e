import { TIERS } from '#testing/test-platform.js';
import type { BenchCase } from '#tools/bench/cases/bench-case.js';
import { WrongAnswerError } from '#tools/bench/bench.errors.js';
import { printTable, short } from '#tools/bench/print-table.js';
import { median } from '#tools/bench/statistics.js';
import { readText } from '#tools/bench/ticket-rows.js';

const EXPLAIN = 'explain (analyze, summary, timing off, format json) ';

interface Explained {
  readonly 'Planning Time': number;
  readonly 'Execution Time': number;
}

/** How long the server plans and executes the list when nothing is prepared; a policy is planned with every statement. */
export const planningCase: BenchCase = {
  name: 'planning',
  run: async ({ options, tenants, plain, sql, book }) => {
    const open = (text: string): string => EXPLAIN + text.replace('$1', `'open'`);
    const ways = [
      {
        name: 'plain',
        explain: () => plain.query(open(readText('plain.tickets', 'tenant_id = $2 and')).replace('$2', '$1'), [tenants.pick('row').id]),
      },
      ...TIERS.map((tier) => ({ name: tier, explain: () => sql.run(tenants.pick(tier), open(readText('tickets'))) })),
    ];
    const found = ways.map(() => [] as Explained[]);
    for (let run = 0; run < options.cycles * 4; run += 1) {
      for (const [index, { name, explain }] of ways.entries()) found[index]?.push(explainedIn(name, await explain()));
    }
    const of = (index: number, key: keyof Explained): number => median((found[index] ?? []).map((one) => one[key] * 1_000));
    const rows = ways.map(({ name }, index) => {
      const [value, baseline, execution] = [of(index, 'Planning Time'), of(0, 'Planning Time'), of(index, 'Execution Time')];
      const details = { executionMicros: execution };
      book.add({
        name: `planning/${name}`,
        unit: 'us',
        value,
        baseline,
        ratio: value / baseline,
        runs: found[index]?.length ?? 0,
        spread: null,
        details,
      });
      return [name, short(value), (value / baseline).toFixed(2), short(execution)];
    });
    printTable('the list, not prepared, as EXPLAIN has it (medians)', ['where', 'planning us', 'ratio', 'execution us'], rows);
  },
};

function explainedIn(name: string, rows: readonly unknown[]): Explained {
  const [row] = rows as { 'QUERY PLAN'?: Explained[] | string }[];
  const plan = row?.['QUERY PLAN'];
  const [explained] = (typeof plan === 'string' ? (JSON.parse(plan) as Explained[]) : plan) ?? [];
  if (!explained) throw new WrongAnswerError(`EXPLAIN of ${name}`, 'no plan');
  return explained;
}
