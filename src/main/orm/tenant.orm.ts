import { MikroORM, type EntityClass } from '@mikro-orm/postgresql';
import { BindingDriver } from '#kernel/isolation/binding-driver.js';
import { TENANT_FILTER, TenantStamp, tenantFilter } from '#kernel/isolation/tenant-filter.js';
import type { TenantDialect } from '#kernel/isolation/tenant-dialect.js';

/** One ORM and one metadata for every tenant of every tier: where a statement goes is the dialect's business. */
export function openTenantOrm(entities: readonly EntityClass<unknown>[], dialect: TenantDialect): MikroORM {
  return new MikroORM({
    driver: BindingDriver,
    entities: [...entities],
    // Never connected to: the dialect is the connection. The ORM asks for a name all the same.
    dbName: 'tenant',
    driverOptions: dialect,
    filters: { [TENANT_FILTER]: tenantFilter },
    subscribers: [new TenantStamp()],
    forceUtcTimezone: true,
    // It would try to create that database on the first tenant's connection.
    ensureDatabase: false,
    allowGlobalContext: false,
    debug: false,
  });
}
