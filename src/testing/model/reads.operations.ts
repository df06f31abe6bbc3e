import type { TicketTables } from '#plugins/tickets/ticket-table.js';
import { TICKET_STATUSES } from '#plugins/tickets/ticket-status.js';
import { same } from './model-difference.error.js';
import { askedId, type Operation } from './operation.js';

const COLUMNS = ['id', 'title', 'status', 'version'] as const;

/** Through the read models. */
export const READ_OPERATIONS: readonly Operation[] = [
  {
    name: 'read model by id',
    weight: 110,
    async play(turn) {
      const id = askedId(turn);
      const found = await turn.contexts.reads<TicketTables>().selectFrom('tickets').select(COLUMNS).where('id', '=', id).execute();
      const row = turn.me.rows.get(id);
      turn.me.compare(`read model of ${id}`, row ? [row] : [], found);
    },
  },
  {
    name: 'read model page',
    weight: 80,
    async play({ me, random, contexts }) {
      const limit = 1 + random.below(20);
      const after = me.anyId(random);
      const query = contexts.reads<TicketTables>().selectFrom('tickets').select(COLUMNS).where('id', '>', after).orderBy('id').limit(limit);
      me.compare(`page of ${limit} after ${after}`, me.sorted(({ id }) => id > after).slice(0, limit), await query.execute());
    },
  },
  {
    name: 'read model statistics',
    weight: 30,
    async play({ me, contexts }) {
      const query = contexts
        .reads<TicketTables>()
        .selectFrom('tickets')
        .select(['status', (eb) => eb.fn.countAll<string>().as('many')])
        .groupBy('status');
      const got = Object.fromEntries((await query.execute()).map(({ status, many }) => [status, Number(many)]));
      const counts = TICKET_STATUSES.map((status) => [status, me.sorted((row) => row.status === status).length] as const);
      same('statistics', Object.fromEntries(counts.filter(([, many]) => many > 0)), got);
    },
  },
];
