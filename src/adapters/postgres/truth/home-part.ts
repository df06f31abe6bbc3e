/** What a fact is about, taken apart. Names are as SQL writes them. */
export interface Part {
  readonly kind: 'table' | 'column' | 'column-grant' | 'grant' | 'constraint' | 'index' | 'policy' | 'trigger' | 'enforcement' | 'other';
  readonly table: string;
  /** The table's own name when it is about the table. */
  readonly name: string;
  /** Whose grant it is; empty when it is none. */
  readonly grantee: string;
}

const NAME = String.raw`("(?:[^"]|"")+"|[^" ]+)`;
const OF_TABLE = new RegExp(`^table ${NAME}(?: (column|constraint|index|policy|trigger) ${NAME}| (enforcement))?(?: grant to (.+))?$`);

/** Takes apart what HOME_FACTS gives as `what`. */
export function partOf(what: string): Part {
  const [, table, named, name, unnamed, grantee = ''] = OF_TABLE.exec(what) ?? [];
  const kind = named ?? unnamed;
  if (table === undefined) return { kind: 'other', table: '', name: what, grantee: '' };
  if (grantee)
    return { kind: kind ? 'column-grant' : 'grant', table, name: name ?? table, grantee: grantee === 'everybody' ? 'public' : grantee };
  return { kind: (kind as Part['kind'] | undefined) ?? 'table', table, name: name ?? table, grantee };
}
