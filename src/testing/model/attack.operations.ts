import type { TenantSql } from '../tenant-sql.js';
import { refused, same } from './model-difference.error.js';
import type { Operation, Turn } from './operation.js';
import { INSERT, READ_ALL, UPDATE, written } from './sql.operations.js';

/** What somebody who can run any SQL might try, and what a tenant may do to a connection that others use next. */
export const ATTACK_OPERATIONS: readonly Operation[] = [
  {
    name: 'insert for somebody else',
    weight: 8,
    async play(turn) {
      const other = turn.random.pick(turn.others);
      const { title, status } = written(turn);
      await refused('an insert for somebody else', '42501', () =>
        turn.sql.run(turn.me.tenant, INSERT, [other.tenant.id, [other.anyId(turn.random)], title, status]),
      );
    },
  },
  {
    name: 'give a row away',
    weight: 8,
    async play({ me, others, random, sql }) {
      const row = me.anyRow(random);
      const give = (): Promise<unknown> =>
        sql.run(me.tenant, 'update tickets set tenant_id = $1 where id = $2', [random.pick(others).tenant.id, row?.id]);
      if (row) await refused('a row given away', '42501', give);
    },
  },
  {
    name: 'ask for the rows of somebody else',
    weight: 15,
    async play({ me, others, random, sql }) {
      const other = random.pick(others).tenant.id;
      same('rows of somebody else', [], await sql.run(me.tenant, 'select * from tickets where tenant_id = $1', [other]));
    },
  },
  {
    name: 'delete the rows of somebody else',
    weight: 8,
    async play({ me, others, random, sql }) {
      const other = random.pick(others).tenant.id;
      same('deleted rows', [], await sql.run(me.tenant, 'delete from tickets where tenant_id = $1 returning id', [other]));
    },
  },
  {
    name: 'read another home',
    weight: 8,
    async play({ me, others, random, sql }) {
      const { placement } = me.tenant;
      const there = random.pick(others.map(({ tenant }) => tenant.placement).filter(({ schema }) => schema !== placement.schema));
      // Every cluster has a shared home; what is in another database cannot even be named.
      const isNamed = there.kind === 'row' || (there.cluster === placement.cluster && there.database === placement.database);
      const code = isNamed && placement.kind !== 'database' ? '42501' : '42P01';
      await refused('another home', code, () => sql.run(me.tenant, `select * from ${there.schema}.tickets`));
    },
  },
  {
    name: 'leave settings on the session',
    weight: 8,
    async play({ me, sql }) {
      const text = `select set_config('tenant.capability', current_setting('tenant.capability'), false), set_config('search_path', $1, false)`;
      await sql.run(me.tenant, text, [`${me.tenant.placement.schema}, shared`]);
    },
  },
  {
    name: 'leave a command on the session',
    weight: 1,
    async play({ me, random, sql }) {
      await sql.run(
        me.tenant,
        random.pick(['prepare tn_left as select 1', 'listen tn_left', 'set search_path to shared', 'set tenant.capability to left']),
      );
    },
  },
  {
    name: 'statement that is not answered in time',
    weight: 1,
    async play(turn) {
      // Busy, when the others of its pool kept it waiting until its time was up.
      await refused('a sleeping statement', ['tenant.unavailable', 'tenant.busy'], () => sleep(turn, turn.hastySql));
    },
  },
];

/** Sleeps alone, or after writing in the same transaction; nothing of it may remain. */
function sleep(turn: Turn, sql: TenantSql): Promise<unknown> {
  const { me, random } = turn;
  const asleep = 'select pg_sleep(30)';
  if (random.below(2)) return sql.run(me.tenant, asleep);
  const { title, status } = written(turn);
  return sql.transaction(me.tenant, async (run) => {
    await run(UPDATE, [[...me.rows.keys()], title, status]);
    await run(asleep);
  });
}

/** The fence: a suspension, and the way back. */
export const FENCE_OPERATIONS: readonly Operation[] = [
  {
    name: 'suspended and reinstated',
    weight: 1,
    async play({ me, sql, setStatus, resolve }) {
      const before = me.tenant;
      const suspended = await setStatus(before.id, 'suspended');
      await refused('work of a suspended tenant', 'tenant.suspended', () => sql.run(before, READ_ALL));
      await refused('work of one that passed no gate', 'tenant.suspended', () => sql.run(suspended, READ_ALL));
      const { placement } = await setStatus(before.id, 'active');
      same('epoch after two changes', before.placement.epoch + 2, placement.epoch);
      me.compare('rows after the way back, by an old snapshot', me.sorted(), await sql.run(before, READ_ALL));
      me.tenant = await resolve(before.id);
    },
  },
];
