import { Body, Controller, Get, Headers, Param, Patch, Query, Res, StreamableFile } from '@nestjs/common';
import type { AnswerHeaders } from '#kernel/plugin/answer-headers.js';
import { Door } from '#kernel/plugin/door.js';
import { signedInMember } from '#workspace/members/signed-in-member.js';
import { NotificationStreams } from './live/notification-streams.js';
import { NOTIFICATION_PERMISSIONS } from './notification.permissions.js';
import { ListNotifications, NotificationId, NotificationPage, NotificationView, ReadAll, UnreadCount } from './notification.schemas.js';
import { NotificationsService } from './notifications.service.js';

const { use: permission } = NOTIFICATION_PERMISSIONS;

/** An answer that goes on; `close` comes when it was taken to its end or its reader is gone. */
interface StreamAnswer extends AnswerHeaders {
  readonly raw: { once(event: 'close', listener: () => void): unknown };
}

@Controller('/api/notifications')
export class NotificationsController {
  constructor(
    private readonly notifications: NotificationsService,
    private readonly streams: NotificationStreams,
  ) {}

  @Get()
  @Door({
    summary: "List one's own notifications, newest first",
    permission,
    answers: { 200: NotificationPage },
    refuses: ['auth.members-only', 'cursor.invalid'],
  })
  list(@Query({ schema: ListNotifications }) query: ListNotifications): Promise<NotificationPage> {
    return this.notifications.list(signedInMember().id, query);
  }

  @Get('unread-count')
  @Door({ summary: 'How many were not read', permission, answers: { 200: UnreadCount }, refuses: ['auth.members-only'] })
  unreadCount(): Promise<UnreadCount> {
    return this.notifications.unreadCount(signedInMember().id);
  }

  @Get('stream')
  @Door({
    summary: 'Be told at once, as server-sent events; with Last-Event-ID also of what came after it',
    permission,
    answers: { 200: null },
    refuses: ['auth.members-only', 'notifications.too-many-streams', 'notifications.streams-full'],
  })
  async stream(
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res({ passthrough: true }) answer: StreamAnswer,
  ): Promise<StreamableFile> {
    const { stream, end } = await this.streams.begin(signedInMember(), lastEventId);
    answer.raw.once('close', end);
    // A proxy that gathers what it passes on would keep the reader waiting; a connection that is kept would keep a process that wants to end.
    answer.header('x-accel-buffering', 'no');
    answer.header('connection', 'close');
    return new StreamableFile(stream, { type: 'text/event-stream' });
  }

  @Patch('read-all')
  @Door({
    summary: 'Mark as read all there are, or those up to one of them; the answer says how many that were',
    permission,
    answers: { 200: UnreadCount },
    refuses: ['auth.members-only', 'notifications.not-found'],
  })
  readAll(@Body({ schema: ReadAll }) upTo: ReadAll): Promise<UnreadCount> {
    return this.notifications.readAll(signedInMember().id, upTo);
  }

  @Patch(':id/read')
  @Door({
    summary: 'Mark one as read',
    permission,
    answers: { 200: NotificationView },
    refuses: ['auth.members-only', 'notifications.not-found'],
  })
  read(@Param('id', { schema: NotificationId }) id: string): Promise<NotificationView> {
    return this.notifications.read(signedInMember().id, id);
  }
}
