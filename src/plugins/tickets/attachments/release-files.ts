import type { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import type { Outbox } from '#kernel/outbox/outbox.js';
import { accountFor } from './storage-account.js';
import { RemoveFiles } from './remove-files.job.js';

interface AttachmentTables {
  ticket_attachment: { id: string; ticket_id: string; size: number };
}

/** Before the rows of a ticket's attachments go, all of them or one: their room is given back, and their objects go after the commit. */
export async function releaseFiles(transaction: TenantTransaction, outbox: Outbox, ticketId: string, attachmentId?: string): Promise<void> {
  let query = transaction
    .sql<AttachmentTables>()
    .selectFrom('ticket_attachment')
    .select((eb) => [eb.fn.countAll().as('count'), eb.fn.sum('size').as('bytes')])
    .where('ticket_id', '=', ticketId);
  if (attachmentId !== undefined) query = query.where('id', '=', attachmentId);
  const { count, bytes } = await query.executeTakeFirstOrThrow();
  if (Number(count) === 0) return;
  await accountFor(transaction, -Number(bytes));
  outbox.enqueue(RemoveFiles, { ticketId, ...(attachmentId !== undefined && { attachmentId }) });
}
