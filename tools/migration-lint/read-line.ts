import { join } from 'node:path';
import { readMigrationLine, type MigrationStep } from '#adapters/postgres/migration-line.js';
import type { LintedLine } from './rule.js';

/** The migrations of this repository. No database is asked: a migration only says what it would send. */
export function readLine(line: LintedLine): Promise<MigrationStep[]> {
  return readMigrationLine(join(import.meta.dirname, '../../migrations', line), { driver: undefined, config: undefined as never });
}
