import { CompiledQuery, Kysely, type Transaction } from 'kysely';
import { TenantDialect } from '#kernel/isolation/tenant-dialect.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { Platform } from '#main/platform.js';

type Row = Record<string, unknown>;

/** Plain SQL through the real dialect, in a tenant's scope: what an attacker who can run any statement has. */
export class TenantSql {
  readonly #database: Kysely<unknown>;

  constructor(platform: Pick<Platform, 'routing'>) {
    this.#database = new Kysely({ dialect: new TenantDialect(platform.routing) });
  }

  async run(tenant: Tenant, text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const { rows } = await TenantScope.run(tenant, () => this.#database.executeQuery<Row>(CompiledQuery.raw(text, [...values])));
    return rows;
  }

  /** Statements of one transaction. */
  transaction<T>(tenant: Tenant, work: (run: (text: string, values?: readonly unknown[]) => Promise<Row[]>) => Promise<T>): Promise<T> {
    const body = (transaction: Transaction<unknown>): Promise<T> =>
      work(async (text, values = []) => (await transaction.executeQuery<Row>(CompiledQuery.raw(text, [...values]))).rows);
    return TenantScope.run(tenant, () => this.#database.transaction().execute(body));
  }
}
