import { randomUUIDv7 } from 'node:crypto';
import { defineEntity, p } from '@mikro-orm/core';
import type { TenantAccess, TenantStatus } from '#kernel/tenancy/tenant.js';

const TenantRecordSchema = defineEntity({
  name: 'TenantRecord',
  tableName: 'tenant',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => randomUUIDv7()),
    slug: p.text(),
    name: p.text(),
    adminEmail: p.text(),
    plan: p.text(),
    status: p.text().$type<TenantStatus>(),
    access: p.text().$type<TenantAccess>().default('full'),
    region: p.text(),
    createdAt: p.datetime(3).onCreate(() => new Date()),
    updatedAt: p
      .datetime(3)
      .onCreate(() => new Date())
      .onUpdate(() => new Date()),
  },
});

/** What the platform knows of a tenant. */
export class TenantRecord extends TenantRecordSchema.class {}
TenantRecordSchema.setClass(TenantRecord);
