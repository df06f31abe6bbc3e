import type { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import type { AccessTables } from '../access-tables.js';
import type { OwnRole } from '../role-graph.js';
import { RoleInUseError } from '../role.errors.js';

/** Raises RoleInUseError when a member has the role, another role inherits from it, or an override names it. */
export async function requireUnused(transaction: TenantTransaction, { key }: OwnRole, roles: readonly OwnRole[]): Promise<void> {
  if (roles.some(({ parents }) => parents.includes(key))) throw new RoleInUseError(key);
  const { used } = await transaction
    .sql<AccessTables>()
    .selectNoFrom((eb) => [
      eb
        .or([
          eb.exists(
            eb
              .selectFrom('member')
              .select('id')
              .where('roles', '@>', eb.val([key])),
          ),
          eb.exists(eb.selectFrom('access_override').select('id').where('holder_kind', '=', 'role').where('holder', '=', key)),
        ])
        .as('used'),
    ])
    .executeTakeFirstOrThrow();
  if (used) throw new RoleInUseError(key);
}
