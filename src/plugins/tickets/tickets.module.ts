import { Module } from '@nestjs/common';
import { NotificationsModule } from '#workspace/notifications/notifications.module.js';
import { UsageModule } from '#workspace/usage/usage.module.js';
import { AttachmentsController } from './attachments/attachments.controller.js';
import { AttachmentsService } from './attachments/attachments.service.js';
import { RemoveFiles } from './attachments/remove-files.job.js';
import { SweepFiles } from './attachments/sweep-files.job.js';
import { CommentsController } from './comments/comments.controller.js';
import { CommentsService } from './comments/comments.service.js';
import { IndexTickets } from './search/index-tickets.job.js';
import { TellOfTickets } from './notifications/tell-of-tickets.job.js';
import { TicketList } from './ticket-list.js';
import { TicketsController } from './tickets.controller.js';
import { TicketsService } from './tickets.service.js';

@Module({
  imports: [NotificationsModule, UsageModule],
  controllers: [TicketsController, CommentsController, AttachmentsController],
  providers: [TicketsService, TicketList, CommentsService, AttachmentsService, RemoveFiles, SweepFiles, IndexTickets, TellOfTickets],
})
export class TicketsModule {}
