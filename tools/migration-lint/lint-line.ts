import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import type { Change } from './change.js';
import { changesOf } from './changes-of.js';
import { LineMemory } from './line-memory.js';
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

/**
 * What the migrations of a line break, in their order; each is looked at with what those before it made. What the lint does not know (a
 * statement, a part of one, a function, a type, a table) breaks a rule too.
 */
export async function lintLine(line: LintedLine, steps: readonly MigrationStep[]): Promise<LintFinding[]> {
  const findings: LintFinding[] = [];
  const memory = new LineMemory();
  for (const step of steps) {
    const found = (rule: string, says: string, text = ''): number => findings.push({ migration: step.name, rule, says, text });
    const changes = await changesOf(step.statements).catch((error: unknown) => {
      found('unreadable', `PostgreSQL cannot read it: ${String(error)}`);
      return [] as Change[];
    });
    const made = new Set(changes.filter(({ kind, table }) => kind === 'create-table' && !memory.hasTable(table)).map(({ table }) => table));
    const context: LintContext = { line, step, changes, isEarlier: (table) => !made.has(table), memory };
    for (const { rule, says, breaks } of STEP_RULES) if (breaks(context)) found(rule, says);
    for (const change of changes) {
      for (const { rule, says, breaks, of } of RULES) if ((of ?? line) === line && breaks(change, context)) found(rule, says, change.text);
      memory.remember(change);
    }
  }
  return findings;
}
