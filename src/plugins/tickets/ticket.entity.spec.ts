import fc from 'fast-check';
import { isOver, mayFollow, TICKET_STATUSES, type TicketStatus } from './ticket-status.js';
import { Ticket } from './ticket.entity.js';
import { TicketNotOpenError } from './ticket.errors.js';

const MEMBER = '00000000-0000-7000-8000-000000000001';

function ticketThatIs(status: TicketStatus): Ticket {
  return Object.assign(Object.create(Ticket.prototype) as Ticket, { status, assigneeId: null });
}

/** A step, and whether it may be taken from where the ticket is. */
const STEPS: Record<
  string,
  { do: (ticket: Ticket) => void; may: (from: TicketStatus) => boolean; then: (from: TicketStatus) => TicketStatus }
> = {
  complete: { do: (ticket) => ticket.complete(), may: (from) => !isOver(from), then: () => 'completed' },
  assign: { do: (ticket) => ticket.assignTo(MEMBER), may: (from) => !isOver(from), then: (from) => from },
  unassign: { do: (ticket) => ticket.assignTo(null), may: (from) => !isOver(from), then: (from) => from },
  ...Object.fromEntries(
    TICKET_STATUSES.map((to) => [
      `move to ${to}`,
      { do: (ticket: Ticket) => ticket.moveTo(to), may: (from: TicketStatus) => from === to || mayFollow(from, to), then: () => to },
    ]),
  ),
};

describe('the status of a ticket', () => {
  it('goes only where it may, and a refused step changes nothing', () => {
    const names = Object.keys(STEPS);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...names), { maxLength: 40 }), (walk) => {
        const ticket = ticketThatIs('open');
        for (const name of walk) {
          const [step, from, assignee] = [STEPS[name]!, ticket.status, ticket.assigneeId];
          if (step.may(from)) {
            step.do(ticket);
            expect(ticket.status).toBe(step.then(from));
          } else {
            expect(() => step.do(ticket)).toThrow(TicketNotOpenError);
            expect([ticket.status, ticket.assigneeId]).toEqual([from, assignee]);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('leads from what is over only back to open', () => {
    for (const over of ['completed', 'cancelled'] as const) expect(TICKET_STATUSES.filter((to) => mayFollow(over, to))).toEqual(['open']);
    for (const live of ['open', 'in_progress'] as const)
      expect(TICKET_STATUSES.filter((to) => to !== live && !mayFollow(live, to))).toEqual([]);
  });
});
