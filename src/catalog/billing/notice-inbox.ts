import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type { WorkBook, WorkWish } from '#catalog/work/work-book.js';

/** A notice as it is kept: that it came, never what it said. */
export interface KeptNotice {
  readonly id: string;
  readonly type: string;
  readonly createdAt: Date;
  readonly customerId: string | null;
  readonly objectType: string | null;
  readonly objectId: string | null;
}

const TOLD = 'billing.unmatched: told';

/** Notices of the payment provider, each kept once. */
export class NoticeInbox {
  constructor(
    private readonly catalog: MikroORM,
    private readonly works: WorkBook,
  ) {}

  /**
   * Keeps a notice together with the wish for what it causes (null: nothing, so it is done with at once), or neither; false when it was kept
   * before.
   */
  async take(notice: KeptNotice, receivedAt: Date, wish: WorkWish | null): Promise<boolean> {
    const { isNew, work } = await this.catalog.em.fork().transactional(async (em) => {
      if (!(await added(em, notice, receivedAt, wish === null))) return { isNew: false, work: null };
      return { isNew: true, work: wish && (await this.works.enqueue(em, wish)) };
    });
    if (work !== null) await this.works.rung(work);
    return isNew;
  }

  /** Says whose a notice is that did not say so itself; null when it is nobody's, and then it is done with. */
  async assign(id: string, customerId: string | null, at: Date): Promise<void> {
    await this.catalog.em.fork().execute(
      `update stripe_event set customer_id = ?, state = case when ?::text is null then 'processed' else state end,
         processed_at = case when ?::text is null then ?::timestamptz end
       where id = ? and state <> 'processed'`,
      [customerId, customerId, customerId, at.toISOString(), id],
    );
  }

  /** Customers with notices that came between the two instants and are still open, the oldest first. */
  async open(from: Date, until: Date, atMost: number): Promise<string[]> {
    const rows = await this.catalog.em.fork().execute<{ customer_id: string }[]>(
      `select customer_id from stripe_event where state <> 'processed' and customer_id is not null and received_at >= ? and received_at < ?
       group by customer_id order by min(received_at) limit ?`,
      [from.toISOString(), until.toISOString(), atMost],
    );
    return rows.map(({ customer_id: id }) => id);
  }

  /** Notices that came before that, that nothing was done about, and that were not told of yet; the oldest first. */
  async overdue(
    before: Date,
    atMost: number,
  ): Promise<{ readonly id: string; readonly type: string; readonly customerId: string | null }[]> {
    return this.catalog.em.fork().execute(
      `select id, type, customer_id as "customerId" from stripe_event
       where state <> 'processed' and received_at < ? and error is distinct from ? order by received_at limit ?`,
      [before.toISOString(), TOLD, atMost],
    );
  }

  /** Somebody was told of the notice, and is not again. */
  async markTold(id: string): Promise<void> {
    await this.catalog.em.fork().execute(`update stripe_event set error = ? where id = ? and state <> 'processed'`, [TOLD, id]);
  }

  /** Forgets what came before; how many. */
  async trim(before: Date): Promise<number> {
    const gone = await this.catalog.em
      .fork()
      .execute<unknown[]>('delete from stripe_event where received_at < ? returning id', [before.toISOString()]);
    return gone.length;
  }
}

async function added(em: EntityManager, notice: KeptNotice, receivedAt: Date, isDone: boolean): Promise<boolean> {
  const { id, type, createdAt, customerId, objectType, objectId } = notice;
  const rows = await em.execute<unknown[]>(
    `insert into stripe_event (id, type, created_at, customer_id, object_type, object_id, received_at, processed_at, state)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing returning id`,
    [
      ...[id, type, createdAt.toISOString(), customerId, objectType, objectId, receivedAt.toISOString()],
      ...(isDone ? [receivedAt.toISOString(), 'processed'] : [null, 'received']),
    ],
  );
  return rows.length > 0;
}
