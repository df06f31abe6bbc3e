import type { EntityManager } from '@mikro-orm/core';
import type { PageCursors } from '#kernel/plugin/page-cursor.js';

/** Something that belongs to a ticket. */
export interface OfTicket {
  id: string;
  ticketId: string;
  createdAt: Date;
}

export interface ThreadPage<Item> {
  readonly data: Item[];
  readonly nextCursor: string | null;
}

export interface ThreadQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** What belongs to a ticket, oldest first. Raises CursorInvalidError. */
export async function threadPage<Item extends OfTicket>(
  { em, cursors, list, kind }: { em: EntityManager; cursors: PageCursors; list: string; kind: new () => Item },
  ticketId: string,
  { limit, cursor }: ThreadQuery,
): Promise<ThreadPage<Item>> {
  const scope = [list, { ticketId }] as const;
  const after = cursor === undefined ? undefined : cursors.open(cursor, scope);
  const behind = after && { $or: [{ createdAt: { $gt: after.at } }, { createdAt: after.at, id: { $gt: after.id } }] };
  const rows = await em.find(
    kind,
    { ticketId, ...behind },
    {
      orderBy: { createdAt: 'asc', id: 'asc' } as never,
      limit: limit + 1,
    },
  );
  return cursors.page(rows as Item[], limit, scope, ({ id, createdAt }) => ({ id, at: createdAt }));
}
