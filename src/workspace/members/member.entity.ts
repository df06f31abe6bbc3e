import { defineEntity, p } from '@mikro-orm/core';
import { tenantProperties } from '#kernel/model/tenant-properties.js';
import { TextListType } from '#kernel/model/text-list.type.js';

export const MEMBER_STATUSES = ['invited', 'active', 'disabled'] as const;
export type MemberStatus = (typeof MEMBER_STATUSES)[number];

const MemberSchema = defineEntity({
  name: 'Member',
  tableName: 'member',
  properties: {
    ...tenantProperties,
    email: p.text(),
    name: p.text(),
    status: p.text().$type<MemberStatus>(),
    roles: p.type(TextListType),
    passwordHash: p.text().nullable().lazy(),
    passwordChangedAt: p.datetime(3).nullable(),
  },
});

/** A person of a tenant; the same person elsewhere is another member. The hash is loaded by nobody who does not ask for it. */
export class Member extends MemberSchema.class {
  isOwner(): boolean {
    return this.roles.includes('owner');
  }

  /** Whether they have ever set a password. */
  hasJoined(): boolean {
    return (this.passwordChangedAt ?? null) !== null;
  }
}
MemberSchema.setClass(Member);
