import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { ModelTenant } from './model-tenant.js';
import type { Random } from './random.js';
import type { TenantSql } from '../tenant-sql.js';
import type { TenantStatus, Tenant } from '#kernel/tenancy/tenant.js';

/** What operations are played on. */
export interface World {
  readonly contexts: TenantContextFactory;
  readonly sql: TenantSql;
  /** The same with a deadline that a sleeping statement cannot meet. */
  readonly hastySql: TenantSql;
  readonly setStatus: (id: string, status: TenantStatus) => Promise<Tenant>;
  readonly resolve: (id: string) => Promise<Tenant>;
}

/** One turn of one tenant. Everything in it but the rows of others follows from seed, tenant and index. */
export interface Turn extends World {
  readonly me: ModelTenant;
  readonly others: readonly ModelTenant[];
  readonly random: Random;
  readonly index: number;
}

/** A kind of operation: it plays its part, compares what it got with the model, and brings the model up to date. */
export interface Operation {
  readonly name: string;
  readonly weight: number;
  readonly play: (turn: Turn) => Promise<void>;
}

/** An id to ask for: of a row that is there, of one that is not, or of somebody else's. */
export function askedId({ me, others, random }: Turn): string {
  const die = random.below(10);
  if (die < 6) return me.anyRow(random)?.id ?? me.anyId(random);
  return die < 8 ? me.anyId(random) : random.pick(others).anyId(random);
}

/** Runs work in the scope of another tenant than the one whose turn it is. */
export function asAnother<T>({ tenant }: ModelTenant, work: () => Promise<T>): Promise<T> {
  return TenantScope.leave(() => TenantScope.run(tenant, work));
}
