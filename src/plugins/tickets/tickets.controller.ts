import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { type AnswerHeaders, tagged } from '#kernel/plugin/answer-headers.js';
import { Door } from '#kernel/plugin/door.js';
import { IfMatch } from '#kernel/plugin/if-match.js';
import { TicketList } from './ticket-list.js';
import { AssignTicket, ChangeTicket, ListTickets, OpenTicket, TicketId, TicketPage, TicketView } from './ticket.schemas.js';
import { TICKET_PERMISSIONS } from './ticket.permissions.js';
import { TicketsService } from './tickets.service.js';

const REFUSED = ['tickets.not-found', 'tickets.not-open', 'tickets.assignee-unknown'];

@Controller('/api/tickets')
export class TicketsController {
  constructor(
    private readonly tickets: TicketsService,
    private readonly lists: TicketList,
  ) {}

  @Post()
  @Door({
    summary: 'Open a ticket',
    permission: TICKET_PERMISSIONS.create,
    isCreation: true,
    answers: { 201: TicketView },
    refuses: ['tickets.assignee-unknown'],
  })
  async open(@Body({ schema: OpenTicket }) input: OpenTicket, @Res({ passthrough: true }) answer: AnswerHeaders): Promise<TicketView> {
    const ticket = await this.tickets.open(input);
    answer.header('location', `/api/tickets/${ticket.id}`);
    return tagged(ticket, answer);
  }

  @Get()
  @Door({
    summary: 'List tickets, newest first; what is due before a time, soonest first',
    permission: TICKET_PERMISSIONS.read,
    resource: 'ticket',
    answers: { 200: TicketPage },
    refuses: ['cursor.invalid'],
  })
  list(@Query({ schema: ListTickets }) query: ListTickets): Promise<TicketPage> {
    return this.lists.page(query);
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
    refuses: REFUSED,
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

  @Post(':id/assign')
  @HttpCode(200)
  @Door({
    summary: 'Assign a ticket to somebody, or with null to nobody',
    permission: TICKET_PERMISSIONS.assign,
    resource: 'ticket',
    isRepeatable: true,
    answers: { 200: TicketView },
    refuses: [...REFUSED, 'precondition.failed'],
  })
  async assign(
    @Param('id', { schema: TicketId }) id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body({ schema: AssignTicket }) { assigneeId }: AssignTicket,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<TicketView> {
    return tagged(await this.tickets.assign(id, IfMatch.from(ifMatch ?? '*'), assigneeId), answer);
  }

  @Post(':id/complete')
  @HttpCode(200)
  @Door({
    summary: 'Complete a ticket',
    permission: TICKET_PERMISSIONS.complete,
    resource: 'ticket',
    isRepeatable: true,
    answers: { 200: TicketView },
    refuses: ['tickets.not-found', 'tickets.not-open', 'precondition.failed'],
  })
  async complete(
    @Param('id', { schema: TicketId }) id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<TicketView> {
    return tagged(await this.tickets.complete(id, IfMatch.from(ifMatch ?? '*')), answer);
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
