import { createHash } from 'node:crypto';
import { ExportIncompleteError } from '#control/lifecycle/export/export.errors.js';
import type { TableShape } from '#control/lifecycle/export/tenant-tables.js';

/** What an export has of a table: its columns and, with the reason, those that stay behind; or why all of it stays behind. */
export type DeclaredTable =
  { readonly columns: readonly string[]; readonly withheld?: Readonly<Record<string, string>> } | { readonly leftOut: string };

/** By the name of the table. What is not declared is not silently left out: it fails the export. */
export type DeclaredTables = Readonly<Record<string, DeclaredTable>>;

/** Raises ExportIncompleteError, naming every column that the database has and nobody declared, and the other way round. */
export function requireDeclared(tables: readonly TableShape[], declared: DeclaredTables): void {
  const missing: string[] = [];
  const gone: string[] = [];
  for (const { name, columns } of tables) {
    const said = declared[name];
    if (said === undefined) missing.push(...columns.map((column) => `${name}.${column.name}`));
    else if ('columns' in said) {
      const known = new Set([...said.columns, ...Object.keys(said.withheld ?? {})]);
      missing.push(...columns.filter((column) => !known.has(column.name)).map((column) => `${name}.${column.name}`));
      gone.push(...[...known].filter((column) => !columns.some((each) => each.name === column)).map((column) => `${name}.${column}`));
    }
  }
  gone.push(...Object.keys(declared).filter((name) => !tables.some((table) => table.name === name)));
  if (missing.length + gone.length > 0) throw new ExportIncompleteError(missing, gone);
}

/** SHA-256 (hex) of the names and types of everything that `tables` have: equal for two homes that take each other's rows. */
export function fingerprintOf(tables: readonly TableShape[]): string {
  const lines = tables.flatMap(({ name, key, columns }) => [
    `${name} (${key.join(', ')})`,
    ...columns.map((column) => `${name}.${column.name} ${column.type} ${String(column.isRequired)} ${String(column.isGenerated)}`),
  ]);
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex');
}
