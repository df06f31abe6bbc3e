import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { type AnswerHeaders, tagged } from '#kernel/plugin/answer-headers.js';
import { Door } from '#kernel/plugin/door.js';
import { IfMatch } from '#kernel/plugin/if-match.js';
import { TICKET_PERMISSIONS } from '../ticket.permissions.js';
import { TicketId } from '../ticket.schemas.js';
import { CommentPage, CommentView, ListComments, WriteComment } from './comment.schemas.js';
import { CommentsService } from './comments.service.js';

const { read, comment } = TICKET_PERMISSIONS;
const NONE = ['tickets.not-found', 'tickets.comment-not-found'];

@Controller('/api/tickets/:id/comments')
export class CommentsController {
  constructor(private readonly comments: CommentsService) {}

  @Get()
  @Door({
    summary: 'List what is said about a ticket, oldest first',
    permission: read,
    resource: 'ticket',
    answers: { 200: CommentPage },
    refuses: ['tickets.not-found', 'cursor.invalid'],
  })
  list(@Param('id', { schema: TicketId }) id: string, @Query({ schema: ListComments }) query: ListComments): Promise<CommentPage> {
    return this.comments.list(id, query);
  }

  @Post()
  @Door({
    summary: 'Say something about a ticket',
    permission: comment,
    resource: 'ticket',
    isCreation: true,
    answers: { 201: CommentView },
    refuses: ['tickets.not-found'],
  })
  async write(
    @Param('id', { schema: TicketId }) id: string,
    @Body({ schema: WriteComment }) input: WriteComment,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<CommentView> {
    const written = await this.comments.write(id, input);
    answer.header('location', `/api/tickets/${id}/comments/${written.id}`);
    return tagged(written, answer);
  }

  @Patch(':commentId')
  @Door({
    summary: "Change one's own comment; who may moderate, anybody's",
    permission: comment,
    resource: 'ticket',
    answers: { 200: CommentView },
    refuses: NONE,
    needsVersion: true,
  })
  async change(
    @Param('id', { schema: TicketId }) id: string,
    @Param('commentId', { schema: TicketId }) commentId: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body({ schema: WriteComment }) input: WriteComment,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<CommentView> {
    return tagged(await this.comments.change(id, commentId, IfMatch.from(ifMatch), input), answer);
  }

  @Delete(':commentId')
  @HttpCode(204)
  @Door({
    summary: "Take away one's own comment; who may moderate, anybody's",
    permission: comment,
    resource: 'ticket',
    answers: { 204: null },
    refuses: NONE,
    needsVersion: true,
  })
  remove(
    @Param('id', { schema: TicketId }) id: string,
    @Param('commentId', { schema: TicketId }) commentId: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    return this.comments.remove(id, commentId, IfMatch.from(ifMatch));
  }
}
