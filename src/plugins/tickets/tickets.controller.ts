import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { type AnswerHeaders, etagOf } from '#kernel/plugin/answer-headers.js';
import { Door } from '#kernel/plugin/door.js';
import { IfMatch } from '#kernel/plugin/if-match.js';
import { ChangeTicket, ListTickets, OpenTicket, TicketId, TicketPage, TicketView } from './ticket.schemas.js';
import { TICKET_PERMISSIONS } from './ticket.permissions.js';
import { TicketsService } from './tickets.service.js';

@Controller('/api/tickets')
export class TicketsController {
  constructor(private readonly tickets: TicketsService) {}

  @Post()
  @Door({ summary: 'Open a ticket', permission: TICKET_PERMISSIONS.create, isCreation: true, answers: { 201: TicketView } })
  async open(@Body({ schema: OpenTicket }) input: OpenTicket, @Res({ passthrough: true }) answer: AnswerHeaders): Promise<TicketView> {
    const ticket = await this.tickets.open(input);
    answer.header('location', `/api/tickets/${ticket.id}`);
    return tagged(ticket, answer);
  }

  @Get()
  @Door({
    summary: 'List tickets, newest first',
    permission: TICKET_PERMISSIONS.read,
    answers: { 200: TicketPage },
    refuses: ['cursor.invalid'],
  })
  list(@Query({ schema: ListTickets }) query: ListTickets): Promise<TicketPage> {
    return this.tickets.list(query);
  }

  @Get(':id')
  @Door({
    summary: 'Read a ticket',
    permission: TICKET_PERMISSIONS.read,
    resource: 'ticket',
    answers: { 200: TicketView },
    refuses: ['tickets.not-found'],
  })
  async get(@Param('id', { schema: TicketId }) id: string, @Res({ passthrough: true }) answer: AnswerHeaders): Promise<TicketView> {
    return tagged(await this.tickets.get(id), answer);
  }

  @Patch(':id')
  @Door({
    summary: 'Change a ticket',
    permission: TICKET_PERMISSIONS.change,
    resource: 'ticket',
    answers: { 200: TicketView },
    refuses: ['tickets.not-found'],
    needsVersion: true,
  })
  async change(
    @Param('id', { schema: TicketId }) id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body({ schema: ChangeTicket }) changes: ChangeTicket,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<TicketView> {
    return tagged(await this.tickets.change(id, IfMatch.from(ifMatch), changes), answer);
  }

  @Delete(':id')
  @HttpCode(204)
  @Door({
    summary: 'Delete a ticket',
    permission: TICKET_PERMISSIONS.delete,
    resource: 'ticket',
    answers: { 204: null },
    refuses: ['tickets.not-found'],
    needsVersion: true,
  })
  remove(@Param('id', { schema: TicketId }) id: string, @Headers('if-match') ifMatch: string | undefined): Promise<void> {
    return this.tickets.remove(id, IfMatch.from(ifMatch));
  }
}

function tagged(ticket: TicketView, answer: AnswerHeaders): TicketView {
  answer.header('etag', etagOf(ticket.version));
  return ticket;
}
