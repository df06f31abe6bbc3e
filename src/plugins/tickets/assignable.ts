import type { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { AssigneeUnknownError } from './ticket.errors.js';

interface People {
  member: { id: string; status: string };
}

/** Raises AssigneeUnknownError unless it is nobody or an active member of the tenant in scope. */
export async function requireAssignable(contexts: TenantContextFactory, memberId: string | null): Promise<void> {
  if (memberId === null) return;
  const active = contexts.reads<People>().selectFrom('member').select('id').where('id', '=', memberId).where('status', '=', 'active');
  if (!(await active.executeTakeFirst())) throw new AssigneeUnknownError();
}
