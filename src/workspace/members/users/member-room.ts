import type { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import type { PlanCatalogue } from '#kernel/tenancy/plan-terms.js';
import { Member } from '../member.entity.js';
import { MembersOverLimitError } from '../members.errors.js';

/**
 * For whoever has added a member, and has put it on record before: the transaction fails with MembersOverLimitError when there are more than
 * the plan has room for. The tenant's turn is taken with that record, so whoever was added at the same time is counted.
 */
export function requireRoomForMembers(transaction: TenantTransaction, plans: PlanCatalogue): void {
  const { members } = plans.entitlementsOf(transaction.tenant).limits;
  transaction.beforeCommit(async () => {
    if ((await transaction.em.count(Member, { status: { $ne: 'disabled' } })) > members) throw new MembersOverLimitError(members);
  });
}
