import { randomUUIDv7 } from 'node:crypto';
import { defineEntity, p } from '@mikro-orm/core';

const OverrideSchema = defineEntity({
  name: 'AccessOverride',
  tableName: 'access_override',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => randomUUIDv7()),
    tenantId: p.uuid(),
    holderKind: p.text().$type<'role' | 'member' | 'machine'>(),
    holder: p.text(),
    permission: p.text(),
    effect: p.text().$type<'allow' | 'deny'>(),
    resourceKind: p.text().nullable(),
    resourceId: p.uuid().nullable(),
    reason: p.text(),
    expiresAt: p.datetime(3).nullable(),
    createdBy: p.uuid().nullable(),
    createdAt: p.datetime(3).onCreate(() => new Date()),
  },
});

/** A right that a role, a member or a machine is given or refused by itself; it is never changed, only ended. */
export class AccessOverride extends OverrideSchema.class {}
OverrideSchema.setClass(AccessOverride);
