import { Ticket } from '#plugins/tickets/ticket.entity.js';
import { refused } from './model-difference.error.js';
import { rowOf } from './model-tenant.js';
import { asAnother, type Operation, type Turn } from './operation.js';
import { newTicket } from './orm.operations.js';
import { DELETE, INSERT, READ_ALL, UPDATE, written } from './sql.operations.js';

type Run = (text: string, values?: readonly unknown[]) => Promise<object[]>;

/** A failure of the work itself, which the product must hand on as it is. */
class ChangedMyMind extends Error {
  readonly code = 'changed-my-mind';
}

/** Several statements that count together or not at all. */
export const TRANSACTION_OPERATIONS: readonly Operation[] = [
  {
    name: 'transaction kept',
    weight: 25,
    async play(turn) {
      await turn.sql.transaction(turn.me.tenant, (run) => writeSome(turn, run));
    },
  },
  {
    name: 'transaction thrown away',
    weight: 12,
    async play(turn) {
      await undone(turn, 'changed-my-mind', async (run) => {
        await writeSome(turn, run);
        throw new ChangedMyMind();
      });
    },
  },
  {
    name: 'transaction that failed and pretends it did not',
    weight: 8,
    async play(turn) {
      await undone(turn, 'isolation.rolled-back', async (run) => {
        await writeSome(turn, run);
        await refused('a division by zero', '22012', () => run('select 1 / $1::int', [0]));
      });
    },
  },
  {
    name: 'transaction that loses its capability',
    weight: 8,
    async play(turn) {
      await undone(turn, 'tenant.moving', async (run) => {
        await writeSome(turn, run);
        await run(`select set_config('tenant.capability', $1, true)`, ['0'.repeat(64)]);
        await run(READ_ALL);
      });
    },
  },
  {
    name: 'transaction carried into the scope of another tenant',
    weight: 8,
    async play(turn) {
      const other = turn.random.pick(turn.others);
      await turn.sql.transaction(turn.me.tenant, async (run) => {
        await writeSome(turn, run);
        await refused('a carried transaction', 'tenancy.wrong-tenant', () => asAnother(other, () => run(READ_ALL)));
      });
    },
  },
  {
    name: 'savepoint thrown away inside an orm transaction',
    weight: 15,
    async play(turn) {
      const [outer, inner, last] = turn.me.freeIds();
      if (outer === undefined || inner === undefined || last === undefined) return;
      const kept = await turn.contexts.open().em.transactional(async (em) => {
        const first = em.create(Ticket, newTicket(turn, outer));
        await em.flush();
        await refused('work inside the savepoint', 'changed-my-mind', () =>
          em.transactional(async (nested) => {
            nested.create(Ticket, newTicket(turn, inner));
            await nested.flush();
            throw new ChangedMyMind();
          }),
        );
        return [first, em.create(Ticket, newTicket(turn, last))];
      });
      kept.forEach((ticket) => turn.me.put(rowOf(ticket)));
    },
  },
];

/** Plays a transaction that must leave the model as it was. */
async function undone(turn: Turn, code: string, work: (run: Run) => Promise<void>): Promise<void> {
  const before = new Map(turn.me.rows);
  await refused('a transaction to be undone', code, () => turn.sql.transaction(turn.me.tenant, work));
  turn.me.rows = before;
}

/** Inserts, changes, reads and deletes, each seen by the next. */
async function writeSome(turn: Turn, run: Run): Promise<void> {
  const { me, random } = turn;
  const { title, status } = written(turn);
  const added = me.freeIds().slice(0, 1 + random.below(3));
  await run(INSERT, [me.tenant.id, added, title, status]);
  added.forEach((id) => me.put({ id, title, status, version: 1 }));
  const changed = me.anyRow(random);
  if (changed) {
    await run(UPDATE, [[changed.id], title, status]);
    me.put({ ...changed, title, status, version: changed.version + 1 });
  }
  me.compare('all rows within the transaction', me.sorted(), await run(READ_ALL));
  const removed = me.anyRow(random);
  if (removed) {
    await run(DELETE, [[removed.id]]);
    me.rows.delete(removed.id);
  }
}
