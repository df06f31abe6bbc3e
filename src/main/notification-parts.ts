import type { Provider } from '@nestjs/common';
import { SmtpMailSender } from '#adapters/mail/smtp-mail-sender.js';
import type { CachedTenantDirectory } from '#kernel/tenancy/cached-tenant-directory.js';
import { ChangeWatch } from '#main/change-watch.js';
import type { Config } from '#main/config.js';
import type { RedisParts } from '#main/redis.js';
import { LiveChannel } from '#workspace/notifications/live/live-channel.js';
import { TenantWatch } from '#workspace/notifications/live/tenant-watch.js';
import { MAIL_SENDER } from '#workspace/notifications/mail-sender.js';

/** By what members are told beside their inbox. */
export interface NotificationParts {
  readonly mail: SmtpMailSender;
  readonly live: LiveChannel;
  readonly watch: TenantWatch;
}

/** Connects to the mail server when the first mail is sent, and not before. */
export function openNotifications(config: Config, redis: RedisParts, directory: CachedTenantDirectory): NotificationParts {
  return {
    mail: new SmtpMailSender({ url: config.SMTP_URL, from: config.MAIL_FROM, requiresTls: config.NODE_ENV === 'production' }),
    live: redis.live,
    watch: new ChangeWatch(directory, [redis.channel, redis.accessChannel]),
  };
}

/** Each known by its class or by the token beside its port. */
export function notificationProviders({ mail, live, watch }: NotificationParts): (Provider & { provide: unknown })[] {
  return [
    { provide: MAIL_SENDER, useValue: mail },
    { provide: LiveChannel, useValue: live },
    { provide: TenantWatch, useValue: watch },
  ];
}
