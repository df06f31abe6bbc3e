import type { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import type { AccessTables } from '#workspace/access/access-tables.js';
import { rankOf } from '#workspace/access/permission-catalogue.js';
import { RoleGraph } from '#workspace/access/role-graph.js';

/**
 * The roles of the tenant in scope as they are now. In a transaction they are kept from being deleted until it ends, if any of those asked
 * for is the tenant's own.
 */
export async function readRoleGraph(contexts: TenantContextFactory, asked: readonly string[]): Promise<RoleGraph> {
  const query = contexts.reads<AccessTables>().selectFrom('role').select(['key', 'parents', 'permissions']);
  const isKept = TenantTransaction.current() !== undefined && asked.some((role) => rankOf(role) < 0);
  return new RoleGraph(await (isKept ? query.orderBy('key').forKeyShare() : query).execute());
}
