import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import type { Change } from './change.js';

export type LintedLine = 'tenant' | 'catalog';

/** Where a change is looked at. */
export interface LintContext {
  readonly line: LintedLine;
  readonly step: MigrationStep;
  /** All of the migration. */
  readonly changes: readonly Change[];
  /** Whether an earlier migration made the table: rows of customers may be in it. */
  isEarlier(table: string): boolean;
  /** Whether a check that was validated keeps the column from being null. */
  isKnownRequired(table: string, column: string): boolean;
}

/** What no change may do. */
export interface LintRule {
  readonly rule: string;
  /** What is wrong, and the safe way. */
  readonly says: string;
  /** The only line it is for; without it, every line. */
  readonly of?: LintedLine;
  readonly breaks: (change: Change, at: LintContext) => boolean;
}
