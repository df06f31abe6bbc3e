import type { Plugin } from '#kernel/plugin/plugin.js';
import { MEMBER_COUNTS } from './member-counts.js';
import { Member } from './member.entity.js';
import { MEMBER_AUDIT } from './members.audit.js';
import { MembersModule } from './members.module.js';
import { MEMBER_PERMISSIONS } from './members.permissions.js';
import { TRIM_SESSIONS_DAILY, TrimSessions } from './sessions/trim-sessions.job.js';

/** The people of a tenant: how they sign in, and who may do what about them. */
export const membersPlugin: Plugin = {
  name: 'members',
  entities: [Member],
  module: MembersModule,
  permissions: Object.values(MEMBER_PERMISSIONS),
  handlers: [TrimSessions],
  schedules: [TRIM_SESSIONS_DAILY],
  counts: MEMBER_COUNTS,
  auditActions: MEMBER_AUDIT,
};
