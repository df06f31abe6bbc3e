import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { TicketStatus } from '#plugins/tickets/ticket-status.js';
import { same } from './model-difference.error.js';
import { Random } from './random.js';

/** What the model knows of a row. The title carries the tenant's tag. */
export interface ModelRow {
  readonly id: string;
  readonly title: string;
  readonly status: TicketStatus;
  readonly version: number;
}

const SLOTS = 64;

/** A tenant as it should be: its rows by id, and the snapshot its work is done with. */
export class ModelTenant {
  rows = new Map<string, ModelRow>();

  constructor(
    readonly index: number,
    readonly seed: number,
    public tenant: Tenant,
  ) {}

  title(operation: number): string {
    return `${this.tenant.slug}:${operation}`;
  }

  /** The ids this tenant's own rows are made with; few, so that others guess them all the time. */
  id(slot: number): string {
    const random = new Random(this.seed, this.index, slot);
    const words = [0, 0, 0, 0].map(() => random.below(0x100000000).toString(16).padStart(8, '0')).join('');
    return `${words.slice(0, 8)}-${words.slice(8, 12)}-7${words.slice(13, 16)}-a${words.slice(17, 20)}-${words.slice(20)}`;
  }

  anyId(random: Random): string {
    return this.id(random.below(SLOTS));
  }

  /** Ids of its own that no row has now. */
  freeIds(): string[] {
    return Array.from({ length: SLOTS }, (_, slot) => this.id(slot)).filter((id) => !this.rows.has(id));
  }

  /** A row that is there, if there is one. */
  anyRow(random: Random): ModelRow | undefined {
    return this.rows.size > 0 ? random.pick([...this.rows.values()]) : undefined;
  }

  put(row: ModelRow): void {
    this.rows.set(row.id, row);
  }

  sorted(isWanted: (row: ModelRow) => boolean = () => true): ModelRow[] {
    return [...this.rows.values()].filter(isWanted).sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** Raises ModelDifferenceError when a row that was read is not marked as this tenant's, or not as the model has it. */
  compare(what: string, expected: readonly ModelRow[], got: readonly object[]): void {
    const rows = got.map(rowOf);
    const strangers = rows.filter(({ title }) => !title.startsWith(`${this.tenant.slug}:`));
    same(`${what}: rows of somebody else`, [], strangers);
    same(what, expected, rows);
  }
}

/** The part of an entity or a row that the model knows. */
export function rowOf(read: object): ModelRow {
  const { id, title, status, version } = read as ModelRow;
  return { id, title, status, version };
}
