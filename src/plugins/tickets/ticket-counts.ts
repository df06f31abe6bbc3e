import type { TenantCount } from '#kernel/plugin/tenant-count.js';
import { bytesTaken, type StorageTables } from './attachments/storage-account.js';

interface CountedTables {
  tickets: { id: string };
}

/** Tickets in every state, and the bytes of the files with them. */
export const TICKET_COUNTS: readonly TenantCount[] = [
  {
    figure: 'tickets',
    async of(contexts) {
      const { count } = await contexts
        .reads<CountedTables>()
        .selectFrom('tickets')
        .select((eb) => eb.fn.countAll().as('count'))
        .executeTakeFirstOrThrow();
      return Number(count);
    },
  },
  { figure: 'storageBytes', of: (contexts) => bytesTaken(contexts.reads<StorageTables>()) },
];
