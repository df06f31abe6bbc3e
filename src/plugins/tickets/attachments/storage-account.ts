import type { Column } from '#kernel/isolation/read-types.js';
import type { TenantReads } from '#kernel/isolation/tenant-context-factory.js';
import type { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';

export interface StorageTables {
  ticket_storage: { tenant_id: string; bytes: Column<string | number, number> };
}

/** Adds so many bytes to what the files of tickets take, or takes them away, and gives the sum. Uploads of one tenant wait here for each other's end. */
export async function accountFor(transaction: TenantTransaction, bytes: number): Promise<number> {
  const row = await transaction
    .sql<StorageTables>()
    .insertInto('ticket_storage')
    .values({ tenant_id: transaction.tenant.id, bytes: Math.max(0, bytes) })
    .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet((eb) => ({ bytes: eb('ticket_storage.bytes', '+', bytes) })))
    .returning('bytes')
    .executeTakeFirstOrThrow();
  return Number(row.bytes);
}

/** Bytes that the files of tickets take now. */
export async function bytesTaken(reads: TenantReads<StorageTables>): Promise<number> {
  const row = await reads.selectFrom('ticket_storage').select('bytes').executeTakeFirst();
  return Number(row?.bytes ?? 0);
}
