import type { Plugin } from '#kernel/plugin/plugin.js';
import { SendDigest } from './mail/send-digest.job.js';
import { SendMail } from './mail/send-mail.job.js';
import { NOTIFICATION_PERMISSIONS } from './notification.permissions.js';
import { NOTIFICATION_SETTINGS } from './notification.settings.js';
import { NOTIFICATION_AUDIT } from './notifications.audit.js';
import { NotificationsModule } from './notifications.module.js';
import { TellOfMembers } from './tell-of-members.job.js';
import { TRIM_NOTIFICATIONS_DAILY, TrimNotifications } from './trim-notifications.job.js';

/** What members are told: in their inbox, by mail, and at once while they look. */
export const notificationsPlugin: Plugin = {
  name: 'notifications',
  entities: [],
  module: NotificationsModule,
  permissions: Object.values(NOTIFICATION_PERMISSIONS),
  handlers: [SendDigest, SendMail, TellOfMembers, TrimNotifications],
  schedules: [TRIM_NOTIFICATIONS_DAILY],
  auditActions: NOTIFICATION_AUDIT,
  settings: Object.values(NOTIFICATION_SETTINGS),
};
