import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import type { Change } from './change.js';
import { changesOf } from './changes-of.js';
import { RULES } from './rules.js';
import type { LintContext, LintedLine } from './rule.js';
import { STEP_RULES } from './step-rules.js';

/** What a migration breaks: `says` names the safe way. */
export interface LintFinding {
  readonly migration: string;
  readonly rule: string;
  readonly says: string;
  /** The statement; empty when it is the whole migration. */
  readonly text: string;
}

/** What the migrations of a line break, in their order; each is looked at with what those before it made. */
export async function lintLine(line: LintedLine, steps: readonly MigrationStep[]): Promise<LintFinding[]> {
  const findings: LintFinding[] = [];
  const tables = new Set<string>();
  const required = new Map<string, { readonly table: string; readonly column: string; isChecked: boolean }>();
  for (const step of steps) {
    const found = (rule: string, says: string, text = ''): number => findings.push({ migration: step.name, rule, says, text });
    const changes = await changesOf(step.statements).catch((error: unknown) => {
      found('unreadable', `PostgreSQL cannot read it: ${String(error)}`);
      return [] as Change[];
    });
    const context: LintContext = {
      line,
      step,
      changes,
      isEarlier: (table) => tables.has(table),
      isKnownRequired: (table, column) =>
        [...required.values()].some((one) => one.table === table && one.column === column && one.isChecked),
    };
    for (const { rule, says, breaks } of STEP_RULES) if (breaks(context)) found(rule, says);
    for (const change of changes) {
      for (const { rule, says, breaks, of } of RULES) if ((of ?? line) === line && breaks(change, context)) found(rule, says, change.text);
      remember(change, required);
    }
    for (const { kind, table } of changes) if (kind === 'create-table') tables.add(table);
  }
  return findings;
}

function remember(change: Change, required: Map<string, { readonly table: string; readonly column: string; isChecked: boolean }>): void {
  if (change.kind === 'add-constraint' && change.constraint.requires !== undefined)
    required.set(`${change.table}.${change.constraint.name}`, {
      table: change.table,
      column: change.constraint.requires,
      isChecked: change.constraint.isChecked,
    });
  const validated = change.kind === 'validate' ? required.get(`${change.table}.${change.name}`) : undefined;
  if (validated) validated.isChecked = true;
}
