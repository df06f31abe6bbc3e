import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { TICKET_STATUSES } from '#plugins/tickets/ticket-status.js';
import { Ticket } from '#plugins/tickets/ticket.entity.js';
import { refused, same } from './model-difference.error.js';
import { rowOf } from './model-tenant.js';
import { asAnother, askedId, type Operation, type Turn } from './operation.js';

/** A new ticket of this turn, as the ORM takes it. */
export function newTicket({ me, random, index }: Turn, id: string) {
  const status = random.pick(TICKET_STATUSES);
  const priority = 'normal' as const;
  return { tenantId: me.tenant.id, id, title: me.title(index), description: '', status, priority, labels: [me.tenant.slug], version: 1 };
}

/** Through the entity manager of the context factory. */
export const ORM_OPERATIONS: readonly Operation[] = [
  {
    name: 'orm create',
    weight: 90,
    async play(turn) {
      const [id] = turn.me.freeIds();
      if (id === undefined) return;
      const { em } = turn.contexts.open();
      const ticket = em.create(Ticket, newTicket(turn, id));
      await em.flush();
      turn.me.put(rowOf(ticket));
    },
  },
  {
    name: 'orm read',
    weight: 90,
    async play(turn) {
      const id = askedId(turn);
      const found = await turn.contexts.open().em.findOne(Ticket, { id });
      turn.me.compare(`read ${id}`, expected(turn, id), found ? [found] : []);
    },
  },
  {
    name: 'orm update',
    weight: 80,
    async play(turn) {
      const id = askedId(turn);
      const { em } = turn.contexts.open();
      const found = await em.findOne(Ticket, { id });
      turn.me.compare(`read for update ${id}`, expected(turn, id), found ? [found] : []);
      if (!found) return;
      em.assign(found, { title: turn.me.title(turn.index), status: turn.random.pick(TICKET_STATUSES) });
      await em.flush();
      same(`version after update of ${id}`, (turn.me.rows.get(id)?.version ?? 0) + 1, found.version);
      turn.me.put(rowOf(found));
    },
  },
  {
    name: 'orm remove',
    weight: 50,
    async play(turn) {
      const id = askedId(turn);
      const { em } = turn.contexts.open();
      const found = await em.findOne(Ticket, { id });
      turn.me.compare(`read for removal ${id}`, expected(turn, id), found ? [found] : []);
      if (found) await em.remove(found).flush();
      turn.me.rows.delete(id);
    },
  },
  {
    name: 'orm native delete',
    weight: 20,
    async play(turn) {
      const id = askedId(turn);
      const removed = await turn.contexts.open().em.nativeDelete(Ticket, { id });
      same(`native delete of ${id}`, turn.me.rows.delete(id) ? 1 : 0, removed);
    },
  },
  {
    name: 'orm list',
    weight: 20,
    async play(turn) {
      const status = turn.random.pick(TICKET_STATUSES);
      const found = await turn.contexts.open().em.find(Ticket, { status }, { orderBy: { id: 'asc' } });
      turn.me.compare(
        `find ${status}`,
        turn.me.sorted((row) => row.status === status),
        found,
      );
    },
  },
  {
    name: 'orm count',
    weight: 30,
    async play({ me, contexts }) {
      same('count', me.rows.size, await contexts.open().em.count(Ticket));
    },
  },
  {
    name: 'orm stamp forged',
    weight: 8,
    async play(turn) {
      const other = turn.random.pick(turn.others);
      const { em } = turn.contexts.open();
      em.create(Ticket, { ...newTicket(turn, other.anyId(turn.random)), tenantId: other.tenant.id });
      await refused('a forged stamp', 'tenancy.cross-tenant-write', () => em.flush());
    },
  },
  {
    name: 'orm entity manager lent to another tenant',
    weight: 8,
    async play(turn) {
      const { me, others, random, contexts } = turn;
      const { em } = contexts.open();
      const isToWrite = random.below(2) === 1;
      if (isToWrite) em.create(Ticket, newTicket(turn, me.anyId(random)));
      const work = (): Promise<unknown> => (isToWrite ? em.flush() : em.findOne(Ticket, { id: me.anyId(random) }));
      await refused('a lent entity manager', 'tenancy.wrong-tenant', () => asAnother(random.pick(others), work));
    },
  },
  {
    name: 'scope nested in the scope of another tenant',
    weight: 8,
    async play({ others, random, contexts }) {
      const other = random.pick(others).tenant;
      await refused('a nested scope', 'tenancy.wrong-tenant', () => TenantScope.run(other, () => contexts.open().em.count(Ticket)));
    },
  },
];

function expected({ me }: Turn, id: string) {
  const row = me.rows.get(id);
  return row ? [row] : [];
}
