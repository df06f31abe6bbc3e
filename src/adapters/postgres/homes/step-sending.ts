import type pg from 'pg';
import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import { answeredWithin } from '#adapters/postgres/session.js';

/** As long as a timer can be set for. */
const LONGEST_MS = 2 ** 31 - 1;
/** A word of SQL that is no part of a text or of a name in quotes. */
const CONCURRENTLY = /('(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[^]*?\$\2\$)|\bconcurrently\b/gi;

/** Sends a statement of a step; what is long is waited for as long as the server is there. What is raised knows its step: see `stepOf`. */
export async function sendStatement(migrator: pg.ClientBase, { name, isLong, isPerTenant }: MigrationStep, text: string): Promise<void> {
  try {
    await migrator.query(isLong || isPerTenant ? answeredWithin(text, LONGEST_MS) : text);
  } catch (error) {
    throw Object.assign(error as Error, { step: name });
  }
}

/** The step whose statement raised this; undefined for anything else. */
export function stepOf(error: unknown): string | undefined {
  return (error as { readonly step?: string } | undefined)?.step;
}

/** The statements of a step for a home that nobody uses yet, where they may be part of its one transaction. */
export function inOneTransaction({ statements, isTransactional, isPerTenant }: MigrationStep): readonly string[] {
  if (isPerTenant) return [];
  return isTransactional
    ? statements
    : statements.map((statement) => statement.replace(CONCURRENTLY, (_, quoted?: string) => quoted ?? ''));
}
