import type { Mender } from '#adapters/postgres/truth/home-menders.js';

/** A column as HOME_FACTS tells it, taken apart; null when it is generated. */
interface Column {
  readonly type: string;
  readonly isRequired: boolean;
  readonly initial: string | undefined;
}

// A constant does not rewrite the table; what is computed for each row does.
const CONSTANT = /^('(?:[^']|'')*'(::[\w ()[\]."]+)?|-?\d+(\.\d+)?|true|false)$/;
const BY_HAND =
  'add it so that older versions go on (null, no check), fill it, then require it: it cannot be had by one statement that does not stop others';

/** Columns: what can be added or put right without rewriting the table. */
export const COLUMN_MENDER: Mender = {
  missing: ({ table, name }, golden) => {
    const column = columnOf(golden);
    if (!column || (column.isRequired && column.initial === undefined) || (column.initial !== undefined && !CONSTANT.test(column.initial)))
      return BY_HAND;
    return { sql: [`alter table ${table} add column ${name} ${golden}`], says: 'what was in it is lost: it comes back as its default' };
  },
  changed: ({ table, name }, golden, found) => {
    const [wanted, there] = [columnOf(golden), columnOf(found)];
    if (!wanted || !there || wanted.type !== there.type)
      return 'its type is another: make a new column beside it, fill it, and change over';
    const change = `alter table ${table} alter column ${name}`;
    const initial = wanted.initial === undefined ? `${change} drop default` : `${change} set default ${wanted.initial}`;
    return {
      sql: [
        ...(wanted.initial === there.initial ? [] : [initial]),
        ...(wanted.isRequired === there.isRequired ? [] : wanted.isRequired ? required(table, name) : [`${change} drop not null`]),
      ],
      says: 'fails when rows have no value where they must',
    };
  },
  extra: () => 'no migration made it: find out who needs what is in it before it is taken away',
};

function columnOf(text: string): Column | null {
  if (/ generated (always|by|stored|virtual) /.test(text)) return null;
  const [, type = '', notNull, initial] = /^(.*?)( not null)?(?: default (.*))?$/s.exec(text) ?? [];
  return { type, isRequired: notNull !== undefined, initial };
}

/** With a check that is there already, SET NOT NULL does not read the table under its lock. */
function required(table: string, name: string): string[] {
  const check = `${name.replaceAll('"', '')}_is_there`;
  return [
    `alter table ${table} add constraint "${check}" check (${name} is not null) not valid`,
    `alter table ${table} validate constraint "${check}"`,
    `alter table ${table} alter column ${name} set not null, drop constraint "${check}"`,
  ];
}
