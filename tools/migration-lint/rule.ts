import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import type { Change } from './change.js';
import type { LineMemory } from './line-memory.js';

export type LintedLine = 'tenant' | 'catalog';

/** Where a change is looked at. */
export interface LintContext {
  readonly line: LintedLine;
  readonly step: MigrationStep;
  /** All of the migration. */
  readonly changes: readonly Change[];
  /** Whether the table was there before this migration, or may have been: rows of customers may be in it. */
  isEarlier(table: string): boolean;
  /** What the migrations up to here have made. */
  readonly memory: LineMemory;
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
