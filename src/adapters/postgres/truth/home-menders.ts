import { COLUMN_MENDER } from '#adapters/postgres/truth/column-mender.js';
import type { Part } from '#adapters/postgres/truth/home-part.js';

/** SQL that loses nothing and what to know of it, or a sentence for who mends it by hand. */
export type Mending = string | { readonly sql: readonly string[]; readonly says: string };

/** How one kind of thing is mended. */
export interface Mender {
  /** `index` is the index that is missing under the same name, of a key. */
  missing(part: Part, golden: string, index?: string): Mending;
  changed(part: Part, golden: string, found: string): Mending;
  extra(part: Part, found: string): Mending;
}

const NOBODYS = 'no migration made it: find out who needs it before it is taken away';
const BY_HAND = 'look at it by hand: no statement is known that loses nothing';

const TABLE: Mender = {
  missing: () =>
    'the table is not there, whatever tenancy.migration says: delete the stamp of the migration that makes it, and `tenantry doctor --fix` sends it again (it fails where something else that it makes is there)',
  changed: ({ table }, golden, found) =>
    golden === 'owner tenantry_owner, row security, forced' &&
    found.split(', ').every((is) => is.startsWith('owner ') || golden.includes(is))
      ? {
          sql: [`alter table ${table} owner to tenantry_owner, enable row level security, force row level security`],
          says: 'until then rows are not kept apart as they should be',
        }
      : BY_HAND,
  extra: () => NOBODYS,
};

const CONSTRAINT: Mender = {
  missing: ({ table, name }, golden, index) => {
    const [key] = /^(PRIMARY KEY|UNIQUE)/.exec(golden) ?? [];
    if (key && index)
      return {
        sql: [concurrently(index), `alter table ${table} add constraint ${name} ${key} using index ${name}`],
        says: 'fails when rows break it, and leaves an invalid index then',
      };
    return isChecked(golden) ? { sql: addChecked(table, name, golden), says: 'the last one fails when rows break it' } : BY_HAND;
  },
  changed: ({ table, name }, golden, found) => {
    if (found === `${golden} NOT VALID`)
      return { sql: [`alter table ${table} validate constraint ${name}`], says: 'fails when rows break it' };
    if (!isChecked(golden)) return BY_HAND;
    const [add = '', ...rest] = addChecked(table, name, golden);
    return {
      sql: [add.replace(' add constraint', ` drop constraint ${name}, add constraint`), ...rest],
      says: 'the last one fails when rows break it',
    };
  },
  extra: () => NOBODYS,
};

const INDEX: Mender = {
  missing: (_, golden) => ({ sql: [concurrently(golden)], says: 'outside a transaction' }),
  changed: ({ name }, golden, found) => {
    if (found === `${golden} (invalid)`) return { sql: [`reindex index concurrently ${name}`], says: 'outside a transaction' };
    if (/^CREATE UNIQUE/.test(golden)) return BY_HAND;
    return { sql: [`drop index concurrently ${name}`, concurrently(golden)], says: 'outside a transaction' };
  },
  extra: ({ name }) => `${NOBODYS} (drop index concurrently ${name}); until then every write pays for it`,
};

const POLICY: Mender = {
  missing: ({ table }) => layPolicies(table),
  changed: ({ table }) => layPolicies(table),
  extra: ({ table, name }) => ({ sql: [`drop policy ${name} on ${table}`], says: 'policies add up: rows may be open to others' }),
};

const TRIGGER: Mender = {
  missing: (_, golden) => ({ sql: [golden], says: 'what it should have kept meanwhile was not kept' }),
  changed: ({ table, name }, golden, found) =>
    found.startsWith(`${golden} (`) ? { sql: [`alter table ${table} enable trigger ${name}`], says: 'it did not run meanwhile' } : BY_HAND,
  extra: () => NOBODYS,
};

const ENFORCEMENT: Mender = {
  missing: () => BY_HAND,
  changed: () => BY_HAND,
  extra: ({ table }) => ({
    sql: [`alter table ${table} enable trigger all`],
    says: 'as a superuser; rows that break a key meanwhile stay: look for them',
  }),
};

const GRANT: Mender = {
  missing: (part, golden) => grants([grant(part, golden)]),
  changed: (part, golden, found) => grants([revoke(part, found), grant(part, golden)]),
  extra: (part, found) => grants([revoke(part, found)]),
};

const OTHER: Mender = { missing: () => BY_HAND, changed: () => BY_HAND, extra: () => NOBODYS };

/** By the kind of a Part. */
export const MENDERS: Readonly<Record<Part['kind'], Mender>> = {
  table: TABLE,
  column: COLUMN_MENDER,
  ...{ grant: GRANT, 'column-grant': GRANT },
  ...{ constraint: CONSTRAINT, index: INDEX, policy: POLICY, trigger: TRIGGER, enforcement: ENFORCEMENT },
  other: OTHER,
};

function isChecked(definition: string): boolean {
  return /^(CHECK|FOREIGN KEY) /.test(definition) && !definition.endsWith(' NOT VALID');
}

function addChecked(table: string, name: string, definition: string): string[] {
  return [`alter table ${table} add constraint ${name} ${definition} not valid`, `alter table ${table} validate constraint ${name}`];
}

function concurrently(index: string): string {
  return index.replace(' INDEX ', ' INDEX CONCURRENTLY ');
}

function layPolicies(table: string): Mending {
  return { sql: [`select tenancy.lay_policies('${table}')`], says: 'until then rows are not kept apart as they should be' };
}

function grants(sql: readonly string[]): Mending {
  const says = 'look again afterwards: what is revoked of a table is revoked of its columns too';
  return sql.some((statement) => statement.includes('grant option')) ? BY_HAND : { sql, says };
}

function grant(part: Part, privileges: string): string {
  return `grant ${privilegesOn(part, privileges)} to ${part.grantee}`;
}

function revoke(part: Part, privileges: string): string {
  return `revoke ${privilegesOn(part, privileges)} from ${part.grantee}`;
}

function privilegesOn({ kind, table, name }: Part, privileges: string): string {
  const columns = kind === 'column-grant' ? ` (${name})` : '';
  return `${privileges
    .split(', ')
    .map((privilege) => `${privilege}${columns}`)
    .join(', ')} on ${table}`;
}
