import { defineEntity, p } from '@mikro-orm/core';
import { tenantProperties } from '#kernel/model/tenant-properties.js';
import { TextListType } from '#kernel/model/text-list.type.js';

const RoleSchema = defineEntity({
  name: 'Role',
  tableName: 'role',
  properties: {
    ...tenantProperties,
    key: p.text(),
    name: p.text(),
    parents: p.type(TextListType),
    permissions: p.type(TextListType),
  },
});

/** A role that a tenant made for itself. Its key is what members have and other roles inherit from, so it never changes. */
export class Role extends RoleSchema.class {}
RoleSchema.setClass(Role);
