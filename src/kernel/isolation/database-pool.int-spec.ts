import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import { startupOptions } from '#kernel/isolation/connection-options.js';
import { DatabasePool, type DatabasePoolOptions } from '#kernel/isolation/database-pool.js';
import { Deadline } from '#kernel/isolation/deadline.js';
import { ServerBudgetExhaustedError } from '#kernel/isolation/isolation.errors.js';
import type { Lease } from '#kernel/isolation/lease.js';
import { enter } from '#kernel/isolation/prologue.js';
import { readClusters } from '#main/clusters.js';

const pools: DatabasePool[] = [];
afterAll(() => pools.forEach((pool) => pool.retire()));

async function poolWith(changes: Partial<DatabasePoolOptions> = {}): Promise<DatabasePool> {
  const [cluster] = await readClusters(process.env['CLUSTERS']!);
  const pool = new DatabasePool({
    connection: { connectionString: cluster!.appUrl, options: startupOptions({ statementMs: 10_000, transactionMs: 10_000 }) },
    owner: null,
    max: 1,
    connectTimeoutMs: 10_000,
    reserveSlot: async () => () => undefined,
    onAlert: () => undefined,
    ...changes,
  });
  pools.push(pool);
  return pool;
}

const lease = (pool: DatabasePool): Promise<Lease> => pool.lease(new Deadline(10_000));

async function run(on: Lease, text: string, deadline = new Deadline(10_000)): Promise<unknown> {
  const { rows } = await on.flush(
    { prologue: [], epilogue: [{ name: 'tn_reset', values: [] }], text, values: [], searchPath: '' },
    deadline,
  );
  return (rows[0] as { value?: unknown } | undefined)?.value;
}

const backend = (on: Lease): Promise<unknown> => run(on, 'select pg_backend_pid() as value');

/** Whether the next one to ask is given the connection on which this was done. */
async function isGivenOn(work: (on: Lease) => Promise<unknown>): Promise<boolean> {
  const pool = await poolWith();
  const first = await lease(pool);
  const pid = await backend(first);
  await work(first).catch(() => undefined);
  first.release();
  const next = await lease(pool);
  const isSame = (await backend(next)) === pid;
  next.release();
  return isSame;
}

describe('the connections to a database', () => {
  it('are given on after a statement, and after one that failed', async () => {
    expect(await isGivenOn((on) => run(on, 'select 1'))).toBe(true);
    expect(await isGivenOn((on) => run(on, 'select 1/0'))).toBe(true);
  });

  it('are not given on in the middle of a transaction', async () => {
    expect(await isGivenOn((on) => run(on, 'begin'))).toBe(false);
  });

  it.each(['prepare mine as select 1', 'listen mine', 'set work_mem to 64', 'declare mine cursor with hold for select 1'])(
    'are not given on after %s',
    async (text) => {
      expect(await isGivenOn((on) => run(on, text))).toBe(false);
    },
  );

  it('are not given on while a statement that is too late still runs', async () => {
    expect(await isGivenOn((on) => run(on, 'select pg_sleep(5)', new Deadline(30)))).toBe(false);
  });

  it('are waited for no longer than the deadline', async () => {
    const on = await lease(await poolWith());
    await expect(run(on, 'select pg_sleep(5)', new Deadline(30))).rejects.toMatchObject({ code: 'isolation.deadline' });
    on.release();
  });

  it('know no tenant after its statement, even before they are reset', async () => {
    const on = await lease(await poolWith());
    const text = `select concat(current_setting('tenant.capability', true), current_setting('search_path')) as value`;
    const before = await run(on, text);
    await on.flush(
      { prologue: enter('a capability', { searchPath: 'a_path', home: '' }), epilogue: [], text, values: [], searchPath: '' },
      new Deadline(10_000),
    );
    expect(await run(on, text)).toBe(before);
    on.release();
  });

  it('take one statement at a time, so that none can be stacked on another', async () => {
    const on = await lease(await poolWith());
    await expect(run(on, 'select 1; select 2')).rejects.toMatchObject({ code: '42601' });
    on.release();
  });

  it('are refused when the database says that it belongs to somebody else', async () => {
    await expect(lease(await poolWith({ owner: randomUUID() }))).rejects.toMatchObject({ code: 'isolation.wrong-database' });
  });

  it('are not opened without a place in the budget of the server', async () => {
    const reserveSlot = (): Promise<never> => Promise.reject(new ServerBudgetExhaustedError('here'));
    await expect(lease(await poolWith({ reserveSlot }))).rejects.toMatchObject({ code: 'isolation.budget-exhausted' });
  });

  it('give their place in the budget back when they end', async () => {
    let places = 0;
    const reserveSlot = async () => {
      places += 1;
      return () => void (places -= 1);
    };
    const pool = await poolWith({ reserveSlot });
    (await lease(pool)).release();
    expect(places).toBe(1);
    await pool.close();
    // The connection ends a moment after the pool has let go of it.
    while (places > 0) await setImmediate();
    expect(places).toBe(0);
  });

  it('are not asked for again and again when the database is dead', async () => {
    const pool = await poolWith({ connection: { connectionString: 'postgres://nobody:nothing@127.0.0.1:1/none' } });
    for (let attempt = 0; attempt < 3; attempt += 1) await expect(lease(pool)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(lease(pool)).rejects.toMatchObject({ code: 'tenant.unavailable', reason: 'circuit open' });
  });
});
