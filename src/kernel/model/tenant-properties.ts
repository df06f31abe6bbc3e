import { randomUUIDv7 } from 'node:crypto';
import { p } from '@mikro-orm/core';

/**
 * The columns every tenant row has, on every tier. In the database keys begin with `tenant_id`; ids are UUIDv7 and unique by themselves,
 * so the ORM may know `id` alone. `version` goes up with every write and is what an ETag is made of.
 */
export const tenantProperties = {
  id: p
    .uuid()
    .primary()
    .onCreate(() => randomUUIDv7()),
  tenantId: p.uuid(),
  version: p.integer().version(),
  createdAt: p.datetime(3).onCreate(() => new Date()),
  updatedAt: p
    .datetime(3)
    .onCreate(() => new Date())
    .onUpdate(() => new Date()),
};
