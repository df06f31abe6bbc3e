import {
  CompiledQuery,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  type TransactionSettings,
} from 'kysely';
import { TenantConnection, type Routing } from '#kernel/isolation/tenant-connection.js';

/** A Kysely dialect whose every connection is that of the tenant in scope; MikroORM takes it as `driverOptions`. */
export class TenantDialect implements Dialect {
  constructor(private readonly routing: Routing) {}

  createDriver(): Driver {
    return new TenantDriver(this.routing);
  }

  createQueryCompiler(): QueryCompiler {
    return new PostgresQueryCompiler();
  }

  createAdapter(): DialectAdapter {
    return new PostgresAdapter();
  }

  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new PostgresIntrospector(db);
  }
}

class TenantDriver implements Driver {
  constructor(private readonly routing: Routing) {}

  async init(): Promise<void> {
    // Pools open when a tenant asks for one.
  }

  async acquireConnection(): Promise<TenantConnection> {
    return new TenantConnection(this.routing);
  }

  beginTransaction(connection: TenantConnection, settings: TransactionSettings): Promise<void> {
    return connection.begin(settings);
  }

  commitTransaction(connection: TenantConnection): Promise<void> {
    return connection.commit();
  }

  rollbackTransaction(connection: TenantConnection): Promise<void> {
    return connection.rollback();
  }

  async savepoint(connection: TenantConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`savepoint ${quoted(name)}`));
  }

  async rollbackToSavepoint(connection: TenantConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`rollback to ${quoted(name)}`));
  }

  async releaseSavepoint(connection: TenantConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`release ${quoted(name)}`));
  }

  async releaseConnection(connection: TenantConnection): Promise<void> {
    connection.release();
  }

  async destroy(): Promise<void> {
    // The registry outlives the ORM; whoever made it closes it.
  }
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
