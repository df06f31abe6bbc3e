import type { Change, LintedColumn, LintedConstraint } from './change.js';
import { defaultName } from './default-name.js';

interface Kept extends Omit<LintedConstraint, 'name' | 'isChecked'> {
  table: string;
  name: string;
  isChecked: boolean;
}

/** What the migrations that were looked at have made, one change after the other. */
export class LineMemory {
  readonly #tables = new Set<string>();
  /** Types by table and column; of a column that was changed to one that is not followed, empty. */
  readonly #types = new Map<string, string>();
  #constraints: Kept[] = [];

  hasTable(table: string): boolean {
    return this.#tables.has(table);
  }

  typeOf(table: string, column: string): string {
    return this.#types.get(`${table}.${column}`) ?? '';
  }

  constraintAt(table: string, name: string): Readonly<Kept> | undefined {
    return this.#constraints.find((one) => one.table === table && one.name === name);
  }

  constraintsOf(table: string): readonly Readonly<Kept>[] {
    return this.#constraints.filter((one) => one.table === table);
  }

  remember(change: Change): void {
    const { table } = change;
    if (change.kind === 'create-table' && !this.#tables.has(table)) {
      this.#tables.add(table);
      for (const column of change.columns) this.#addColumn(table, column);
      this.#add(table, change.constraints);
    } else if (change.kind === 'add-column') this.#addColumn(table, change.column);
    else if (change.kind === 'add-constraint') this.#add(table, [change.constraint]);
    else if (change.kind === 'alter-type') this.#types.set(`${table}.${change.name}`, change.type);
    else if (change.kind === 'drop-constraint')
      this.#constraints = this.#constraints.filter((one) => one.table !== table || one.name !== change.name);
    else if (change.kind === 'rename' && change.to !== '') this.#rename(table, change.to);
    else this.#mark(change);
  }

  #mark(change: Change): void {
    const named = this.#constraints.filter((one) => one.table === change.table && 'name' in change && one.name === change.name);
    for (const one of named) {
      if (change.kind === 'validate') one.isChecked = true;
      if (change.kind === 'rename-constraint') one.name = change.to;
    }
  }

  #addColumn(table: string, { name, type, constraints }: LintedColumn): void {
    this.#types.set(`${table}.${name}`, type);
    this.#add(table, constraints);
  }

  #add(table: string, constraints: readonly LintedConstraint[]): void {
    for (const one of constraints) {
      const name = one.name || defaultName(table, one, (taken) => this.constraintAt(table, taken) !== undefined);
      this.#constraints.push({ ...one, table, name });
    }
  }

  #rename(table: string, to: string): void {
    this.#tables.add(to);
    for (const [key, type] of [...this.#types]) if (key.startsWith(`${table}.`)) this.#types.set(`${to}${key.slice(table.length)}`, type);
    for (const one of this.#constraints) if (one.table === table) one.table = to;
  }
}
