import { TICKET_STATUSES } from '#plugins/tickets/ticket-status.js';
import { refused } from './model-difference.error.js';
import { rowOf, type ModelRow } from './model-tenant.js';
import { askedId, type Operation, type Turn } from './operation.js';

export const READ_ALL = 'select id, title, status, version from tickets order by id';
export const READ_ONE = 'select id, title, status, version from tickets where id = $1';
export const INSERT = `insert into tickets (tenant_id, id, title, status, version, created_at, updated_at)
  select $1, id, $3, $4, 1, now(), now() from unnest($2::uuid[]) id`;
export const UPDATE = `update tickets set title = $2, status = $3, version = version + 1 where id = any($1::uuid[]) returning id, title, status, version`;
export const DELETE = 'delete from tickets where id = any($1::uuid[]) returning id, title, status, version';
const UPSERT = `${INSERT} on conflict (tenant_id, id) do update set title = excluded.title, status = excluded.status, version = tickets.version + 1`;

/** Plain statements that never say whose rows they mean. */
export const SQL_OPERATIONS: readonly Operation[] = [
  {
    name: 'sql read all',
    weight: 60,
    async play({ me, sql }) {
      me.compare('all rows', me.sorted(), await sql.run(me.tenant, READ_ALL));
    },
  },
  {
    name: 'sql read by ids',
    weight: 50,
    async play(turn) {
      const ids = askedIds(turn);
      const got = await turn.sql.run(
        turn.me.tenant,
        `select id, title, status, version from tickets where id = any($1::uuid[]) order by id`,
        [ids],
      );
      turn.me.compare('rows by ids', wanted(turn, ids), got);
    },
  },
  {
    name: 'sql update by ids',
    weight: 60,
    async play(turn) {
      const ids = askedIds(turn);
      const changed = wanted(turn, ids).map((row) => ({ ...row, ...written(turn), version: row.version + 1 }));
      const { title, status } = written(turn);
      const got = await turn.sql.run(turn.me.tenant, UPDATE, [ids, title, status]);
      turn.me.compare('updated rows', changed, sortedRows(got));
      changed.forEach((row) => turn.me.put(row));
    },
  },
  {
    name: 'sql update everything',
    weight: 12,
    async play(turn) {
      const { title, status } = written(turn);
      const changed = turn.me.sorted().map((row) => ({ ...row, title, status, version: row.version + 1 }));
      const text = 'update tickets set title = $1, status = $2, version = version + 1 returning id, title, status, version';
      turn.me.compare('updated rows', changed, sortedRows(await turn.sql.run(turn.me.tenant, text, [title, status])));
      changed.forEach((row) => turn.me.put(row));
    },
  },
  {
    name: 'sql delete by ids',
    weight: 40,
    async play(turn) {
      const ids = askedIds(turn);
      const gone = wanted(turn, ids);
      turn.me.compare('deleted rows', gone, sortedRows(await turn.sql.run(turn.me.tenant, DELETE, [ids])));
      gone.forEach(({ id }) => turn.me.rows.delete(id));
    },
  },
  {
    name: 'sql insert many',
    weight: 30,
    async play(turn) {
      const ids = turn.me.freeIds().slice(0, 1 + turn.random.below(20));
      await insert(turn, INSERT, ids);
      ids.forEach((id) => turn.me.put({ id, ...written(turn), version: 1 }));
    },
  },
  {
    name: 'sql insert twice',
    weight: 15,
    async play(turn) {
      const row = turn.me.anyRow(turn.random);
      if (row) await refused('a key that is taken', '23505', () => insert(turn, INSERT, [row.id]));
    },
  },
  {
    name: 'sql upsert with a key of somebody else',
    weight: 25,
    async play(turn) {
      const id = turn.random.below(2) ? turn.random.pick(turn.others).anyId(turn.random) : turn.me.anyId(turn.random);
      const version = (turn.me.rows.get(id)?.version ?? 0) + 1;
      await insert(turn, UPSERT, [id]);
      turn.me.put({ id, ...written(turn), version });
    },
  },
];

/** What this turn writes into a row. */
export function written({ me, index }: Turn): Pick<ModelRow, 'title' | 'status'> {
  return { title: me.title(index), status: TICKET_STATUSES[index % TICKET_STATUSES.length] ?? 'open' };
}

function insert(turn: Turn, text: string, ids: readonly string[]): Promise<unknown> {
  const { title, status } = written(turn);
  return turn.sql.run(turn.me.tenant, text, [turn.me.tenant.id, ids, title, status]);
}

function askedIds(turn: Turn): string[] {
  return [...new Set(Array.from({ length: 1 + turn.random.below(4) }, () => askedId(turn)))];
}

function wanted({ me }: Turn, ids: readonly string[]): ModelRow[] {
  return me.sorted(({ id }) => ids.includes(id));
}

function sortedRows(rows: readonly object[]): ModelRow[] {
  return rows.map(rowOf).sort((one, other) => (one.id < other.id ? -1 : 1));
}
