import type { Condition, RowBuilder } from '#kernel/isolation/read-types.js';
import type { TenantReads } from '#kernel/isolation/tenant-context-factory.js';
import type { PagePosition } from '#kernel/plugin/page-cursor.js';
import { behind, type TicketOrder } from '../ticket-order.js';
import { TICKET_COLUMNS, type TicketRow, type TicketSearchTables } from '../ticket-table.js';
import { isOfLabel, type TermRange } from './term-range.js';

/** What is looked for: tickets with a term in each of the ranges, to which the conditions apply. */
export interface Wanted {
  readonly ranges: readonly TermRange[];
  readonly order: TicketOrder;
  readonly conditions: (eb: Builder) => Condition;
}

export interface FoundPage {
  readonly rows: TicketRow[];
  /** Where to go on; none when that was all. */
  readonly next: PagePosition | undefined;
}

type Builder = RowBuilder<TicketSearchTables, 'tickets'>;

/** A range with more entries than this is not gathered and sorted. */
const FEW = 4_000;
/** Tickets that one statement goes through when every range is long. */
const STRIDE = 2_000;
const STRIDES = 10;

/**
 * Finds by terms at a bounded price (decision 0009). The shortest range is gathered when it is short; a long one is never read: most of what
 * is listed has it, so the list is gone through instead. One label, newest first, is an order of the terms themselves.
 */
export class TicketSearch {
  constructor(
    private readonly reads: TenantReads<TicketSearchTables>,
    private readonly wanted: Wanted,
  ) {}

  async page(after: PagePosition | undefined, limit: number): Promise<FoundPage> {
    const { ranges, order } = this.wanted;
    const [only, ...others] = ranges;
    if (only && others.length === 0 && isOfLabel(only) && order.column === 'created_at') return this.#gathered(only, after, limit);
    const lengths = await this.#lengths();
    const shortest = Math.min(...lengths);
    const driver = ranges[lengths.indexOf(shortest)];
    if (driver === undefined || shortest === 0) return { rows: [], next: undefined };
    return shortest <= FEW ? this.#gathered(driver, after, limit) : this.#walked(after, limit);
  }

  /** How many entries each range has, counted no further than matters. */
  async #lengths(): Promise<number[]> {
    const counted = await this.reads
      .selectNoFrom((eb) =>
        this.wanted.ranges.map((range, index) =>
          eb
            .selectFrom(
              eb
                .selectFrom('ticket_term')
                .select('term')
                .where('term', '>=', range.from)
                .where('term', '<', range.below)
                .limit(FEW + 1)
                .as('some'),
            )
            .select((of) => of.fn.countAll().as('count'))
            .as(`n${index}`),
        ),
      )
      .executeTakeFirstOrThrow();
    return this.wanted.ranges.map((_, index) => Number((counted as Record<string, unknown>)[`n${index}`]));
  }

  async #gathered(driver: TermRange, after: PagePosition | undefined, limit: number): Promise<FoundPage> {
    const { ranges, order, conditions } = this.wanted;
    const isNewest = order.column === 'created_at';
    const terms = this.reads.selectFrom('ticket_term').select(['created_at', 'ticket_id']);
    // A label is one term, whose entries are in order and one a ticket; a range has to be sorted, and may name a ticket twice.
    const inRange = isOfLabel(driver)
      ? terms.where('term', '=', driver.from)
      : terms.distinct().where('term', '>=', driver.from).where('term', '<', driver.below);
    const behindIt =
      isNewest && after ? inRange.where((eb) => eb(eb.refTuple('created_at', 'ticket_id'), '<', eb.tuple(after.at, after.id))) : inRange;
    const rows = await this.reads
      .selectFrom((isNewest ? behindIt.orderBy('created_at', 'desc').orderBy('ticket_id', 'desc') : behindIt).as('found'))
      // Its limit keeps the planner from joining in another way than one ticket after the other.
      .innerJoinLateral(
        (eb) =>
          eb
            .selectFrom('tickets')
            .select([...TICKET_COLUMNS, 'tickets.due_order'])
            .whereRef('tickets.id', '=', 'found.ticket_id')
            .where(conditions)
            .where((of) => of.and(ranges.filter((range) => range !== driver).map((range) => hasTermIn(of, range))))
            .where(isNewest ? behind(order, undefined) : behind(order, after))
            .limit(1)
            .as('tickets'),
        (join) => join.onTrue(),
      )
      .select(TICKET_COLUMNS)
      .orderBy(isNewest ? 'found.created_at' : `tickets.${order.column}`, order.direction)
      .orderBy(isNewest ? 'found.ticket_id' : 'tickets.id', order.direction)
      .limit(limit + 1)
      .execute();
    const last = rows[limit - 1];
    return { rows: rows.slice(0, limit), next: rows.length > limit && last ? order.positionOf(last) : undefined };
  }

  async #walked(begin: PagePosition | undefined, limit: number): Promise<FoundPage> {
    const { order } = this.wanted;
    const rows: TicketRow[] = [];
    let after = begin;
    for (let stride = 0; stride < STRIDES; stride += 1) {
      rows.push(...(await this.#stride(after, limit + 1 - rows.length)));
      const last = rows[limit - 1];
      if (rows.length > limit && last) return { rows: rows.slice(0, limit), next: order.positionOf(last) };
      after = await this.#endOfStride(after);
      if (!after) return { rows, next: undefined };
    }
    return { rows, next: after };
  }

  #stride(after: PagePosition | undefined, atMost: number): Promise<TicketRow[]> {
    const { order, conditions, ranges } = this.wanted;
    const { column, direction } = order;
    return this.reads
      .selectFrom((eb) =>
        eb
          .selectFrom('tickets')
          .select([...TICKET_COLUMNS, 'due_order'])
          .where(behind(order, after))
          .orderBy(column, direction)
          .orderBy('id', direction)
          .limit(STRIDE)
          .as('tickets'),
      )
      .select(TICKET_COLUMNS)
      .where((eb) => conditions(eb as unknown as Builder))
      .where((eb) => eb.and(ranges.map((range) => hasTermIn(eb as unknown as Builder, range))))
      .orderBy(column, direction)
      .orderBy('id', direction)
      .limit(atMost)
      .execute();
  }

  /** Where the ticket stands that a stride ends with; none when it reached the end. */
  async #endOfStride(after: PagePosition | undefined): Promise<PagePosition | undefined> {
    const { order } = this.wanted;
    const last = await this.reads
      .selectFrom('tickets')
      .select(['id', 'created_at', 'updated_at', 'due_at'])
      .where(behind(order, after))
      .orderBy(order.column, order.direction)
      .orderBy('id', order.direction)
      .limit(1)
      .offset(STRIDE - 1)
      .executeTakeFirst();
    return last && order.positionOf(last);
  }
}

/** As a value and not as `exists`, which the planner may turn into a join that reads the whole range. */
function hasTermIn(eb: Builder, { from, below }: TermRange): Condition {
  const found = eb
    .selectFrom('ticket_term')
    .select('ticket_term.term')
    .whereRef('ticket_term.ticket_id', '=', 'tickets.id')
    .where('ticket_term.term', '>=', from)
    .where('ticket_term.term', '<', below)
    .limit(1);
  return eb(found, 'is not', null);
}
