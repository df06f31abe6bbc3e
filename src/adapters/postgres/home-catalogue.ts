import type { TableShape } from '#control/lifecycle/export/tenant-tables.js';

/** Every column of every table of a home ($1), with the place it has in the primary key (0 for none). */
export const CATALOGUE = `
  select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required,
    a.attgenerated <> '' as generated, coalesce(array_position(k.conkey, a.attnum), 0)::integer as place
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_catalog.pg_constraint k on k.conrelid = c.oid and k.contype = 'p'
  where n.nspname = $1 and c.relkind in ('r', 'p') and not c.relispartition
  order by c.relname collate "C", a.attname collate "C"`;

/** A row of CATALOGUE. */
export interface CatalogueRow {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly generated: boolean;
  readonly place: number;
}

/** The tables that those rows tell of. */
export function shapesOf(rows: readonly CatalogueRow[]): TableShape[] {
  return [...Map.groupBy(rows, ({ table }) => table)].map(([name, columns]) => {
    const own = columns.filter((column) => column.name !== 'tenant_id');
    return {
      name,
      columns: own.map(({ name: column, type, required, generated }) => ({
        ...{ name: column, type },
        ...{ isRequired: required, isGenerated: generated },
      })),
      key: own
        .filter(({ place }) => place > 0)
        .sort((one, other) => one.place - other.place)
        .map((column) => column.name),
    };
  });
}
