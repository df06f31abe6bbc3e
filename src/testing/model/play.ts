import { inspect } from 'node:util';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { ATTACK_OPERATIONS, FENCE_OPERATIONS } from './attack.operations.js';
import { ModelDifferenceError } from './model-difference.error.js';
import type { ModelTenant } from './model-tenant.js';
import type { Operation, World } from './operation.js';
import { ORM_OPERATIONS } from './orm.operations.js';
import { Random } from './random.js';
import { READ_OPERATIONS } from './reads.operations.js';
import { SQL_OPERATIONS } from './sql.operations.js';
import { TRANSACTION_OPERATIONS } from './transaction.operations.js';

export const OPERATIONS: readonly Operation[] = [
  ...ORM_OPERATIONS,
  ...READ_OPERATIONS,
  ...SQL_OPERATIONS,
  ...TRANSACTION_OPERATIONS,
  ...ATTACK_OPERATIONS,
  ...FENCE_OPERATIONS,
];

const LOTS = OPERATIONS.flatMap((operation) => Array.from({ length: operation.weight }, () => operation));

/** Where a run and its model went different ways; with seed, tenant and index the operation can be played again. */
export interface Deviation {
  readonly tenant: ModelTenant;
  readonly index: number;
  readonly operation: string;
  readonly error: unknown;
}

/** Plays one operation, chosen by seed, tenant and index alone, as a request of the tenant would; gives its name. Raises what went wrong. */
export async function playTurn(world: World, me: ModelTenant, others: readonly ModelTenant[], index: number): Promise<string> {
  const operation = operationAt(me, index);
  const random = new Random(me.seed, me.index, index, 2);
  await TenantScope.run(me.tenant, () => operation.play({ ...world, me, others, random, index }));
  return operation.name;
}

/** Plays these operations of one tenant, one after another; gives the first that goes wrong, with its model as it was then. */
export async function playAll(
  world: World,
  me: ModelTenant,
  others: readonly ModelTenant[],
  indexes: Iterable<number>,
  played: (operation: string) => void = () => undefined,
): Promise<Deviation | null> {
  for (const index of indexes) {
    try {
      played(await playTurn(world, me, others, index));
    } catch (error) {
      return { tenant: me, index, operation: operationAt(me, index).name, error };
    }
  }
  return null;
}

/** One paragraph for a person: where, for whom, and what. */
export function describeDeviation({ tenant, index, operation, error }: Deviation): string {
  const { id, slug, placement } = tenant.tenant;
  const what = error instanceof ModelDifferenceError ? error.message : inspect(error);
  return `seed ${tenant.seed}, operation ${index} (${operation}) of tenant #${tenant.index} ${slug} ${id} (${placement.kind}):\n${what}`;
}

function operationAt(me: ModelTenant, index: number): Operation {
  return new Random(me.seed, me.index, index, 1).pick(LOTS);
}
