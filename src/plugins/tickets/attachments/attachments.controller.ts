import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res, StreamableFile } from '@nestjs/common';
import type { AnswerHeaders } from '#kernel/plugin/answer-headers.js';
import { Door } from '#kernel/plugin/door.js';
import { type RawBody, TakesRawBody } from '#kernel/plugin/raw-body.js';
import { TICKET_PERMISSIONS } from '../ticket.permissions.js';
import { TicketId } from '../ticket.schemas.js';
import { dispositionOf } from './attachment-name.js';
import { AttachmentPage, AttachmentView, ListAttachments, NameAttachment } from './attachment.schemas.js';
import { AttachmentsService } from './attachments.service.js';

const { read, attach } = TICKET_PERMISSIONS;
const NONE = ['tickets.not-found', 'tickets.attachment-not-found'];

@Controller('/api/tickets/:id/attachments')
export class AttachmentsController {
  constructor(private readonly attachments: AttachmentsService) {}

  @Get()
  @Door({
    summary: 'List the files with a ticket, oldest first',
    permission: read,
    resource: 'ticket',
    answers: { 200: AttachmentPage },
    refuses: ['tickets.not-found', 'cursor.invalid'],
  })
  list(@Param('id', { schema: TicketId }) id: string, @Query({ schema: ListAttachments }) query: ListAttachments): Promise<AttachmentPage> {
    return this.attachments.list(id, query);
  }

  @Post()
  @TakesRawBody()
  @Door({
    summary: 'Add a file to a ticket; the body is the file, and the same file under the same name is added once',
    permission: attach,
    resource: 'ticket',
    answers: { 201: AttachmentView },
    refuses: [
      'tickets.not-found',
      'tickets.storage-full',
      'tickets.file-too-large',
      'tickets.uploads-closed',
      'tickets.length-needed',
      'objects.wrong-size',
      'objects.upload-interrupted',
    ],
  })
  async add(
    @Param('id', { schema: TicketId }) id: string,
    @Query({ schema: NameAttachment }) { name }: NameAttachment,
    @Body() body: RawBody,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<AttachmentView> {
    try {
      const added = await this.attachments.add(id, name, body);
      answer.header('location', `/api/tickets/${id}/attachments/${added.id}`);
      return added;
    } finally {
      // A caller who is refused may still be sending.
      if (!body.stream.readableEnded) answer.header('connection', 'close');
    }
  }

  @Get(':attachmentId')
  @Door({
    summary: 'Download a file',
    permission: read,
    resource: 'ticket',
    answers: { 200: null },
    refuses: [...NONE, 'objects.not-found', 'objects.unavailable'],
  })
  async open(
    @Param('id', { schema: TicketId }) id: string,
    @Param('attachmentId', { schema: TicketId }) attachmentId: string,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<StreamableFile> {
    const { view, body } = await this.attachments.open(id, attachmentId);
    // What somebody uploaded must not act as a page of ours, whatever it says it is.
    answer.header('content-security-policy', "default-src 'none'; sandbox");
    answer.header('x-content-type-options', 'nosniff');
    return new StreamableFile(body, { type: view.contentType, disposition: dispositionOf(view.name), length: view.size });
  }

  @Delete(':attachmentId')
  @HttpCode(204)
  @Door({
    summary: "Take away one's own file; who may moderate, anybody's",
    permission: attach,
    resource: 'ticket',
    answers: { 204: null },
    refuses: NONE,
  })
  remove(@Param('id', { schema: TicketId }) id: string, @Param('attachmentId', { schema: TicketId }) attachmentId: string): Promise<void> {
    return this.attachments.remove(id, attachmentId);
  }
}
