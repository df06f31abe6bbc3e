import { Module } from '@nestjs/common';
import { MembersModule } from '#workspace/members/members.module.js';
import { InboxReader } from './live/inbox-reader.js';
import { NotificationStreams } from './live/notification-streams.js';
import { MailComposer } from './mail/mail-composer.js';
import { MailDesk } from './mail/mail-desk.js';
import { SendDigest } from './mail/send-digest.job.js';
import { SendMail } from './mail/send-mail.job.js';
import { NotificationsController } from './notifications.controller.js';
import { NotificationsService } from './notifications.service.js';
import { Notifier } from './notifier.js';
import { PreferencesController } from './preferences/preferences.controller.js';
import { PreferencesService } from './preferences/preferences.service.js';
import { TellOfMembers } from './tell-of-members.job.js';
import { TrimNotifications } from './trim-notifications.job.js';

@Module({
  imports: [MembersModule],
  controllers: [NotificationsController, PreferencesController],
  providers: [
    InboxReader,
    MailComposer,
    MailDesk,
    NotificationsService,
    NotificationStreams,
    Notifier,
    PreferencesService,
    SendDigest,
    SendMail,
    TellOfMembers,
    TrimNotifications,
  ],
  exports: [Notifier],
})
export class NotificationsModule {}
