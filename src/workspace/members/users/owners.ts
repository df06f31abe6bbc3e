import type { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import { LastOwnerError } from '../members.errors.js';
import type { MemberStatus } from '../member.entity.js';
import type { MemberTables } from '../member-tables.js';

interface LockedTables extends MemberTables {
  company: { id: string };
}

/** Makes changes of roles and statuses in this tenant wait for each other until the commit: two of them could each leave the other as last. */
export async function takeTurnOfOwners(transaction: TenantTransaction): Promise<void> {
  await transaction.sql<LockedTables>().selectFrom('company').select('id').forNoKeyUpdate().execute();
}

/**
 * Asks, after the change was flushed, whether anybody is left who can give the owner's rights; `before` is the status of the owner who is
 * one no more. Raises LastOwnerError. Owners who have not come yet count only where no other had.
 */
export async function requireAnOwner(transaction: TenantTransaction, before: MemberStatus): Promise<void> {
  const owners = await transaction
    .sql<MemberTables>()
    .selectFrom('member')
    .select('status')
    .where((eb) => eb('roles', '@>', eb.val(['owner'])))
    .where('status', '!=', 'disabled')
    .execute();
  const isEnough = owners.some(({ status }) => status === 'active') || (before !== 'active' && owners.length > 0);
  if (!isEnough) throw new LastOwnerError();
}
