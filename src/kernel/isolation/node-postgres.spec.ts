import { EventEmitter } from 'node:events';
import pg from 'pg';
import { FlushQuery } from '#kernel/isolation/flush-query.js';

type Internals = Record<string, unknown>;

/** A client that is connected at once and to nothing. */
class Unconnected extends EventEmitter {
  readonly _queryable = true;
  connect(callback: (error: null) => void): void {
    callback(null);
  }
  end(callback?: () => void): void {
    callback?.();
  }
}

const RECORDED = ['parse', 'bind', 'describe', 'execute', 'close', 'sync', 'stream'] as const;

/** Writes down which verbs a query speaks, and about which statement. */
function recorder(): { readonly spoken: string[]; readonly connection: Internals } {
  const spoken: string[] = [];
  const verbs = RECORDED.map((verb) => [
    verb,
    (what: { statement?: string; name?: string } = {}) => void spoken.push(`${verb} ${what.statement ?? what.name ?? ''}`.trim()),
  ]);
  return {
    spoken,
    connection: { ...(Object.fromEntries(verbs) as Internals), parsedStatements: { tn_7: 'select 7' }, submittedNamedStatements: {} },
  };
}

// None of this is documented by node-postgres: a newer one may do without, and then it must be replaced here before it is installed.
describe('the installed node-postgres still has', () => {
  const pools: pg.Pool[] = [];
  const pool = (): pg.Pool & Internals => {
    const made = new pg.Pool({ max: 1, idleTimeoutMillis: 0, Client: Unconnected } as unknown as pg.PoolConfig);
    pools.push(made);
    return made as unknown as pg.Pool & Internals;
  };

  it('a pool whose idle clients are in _idle, and whose _remove closes one', async () => {
    const on = pool();
    const client = await on.connect();
    client.release();
    expect(on['_idle']).toEqual([expect.objectContaining({ client })]);
    (on['_remove'] as (which: unknown) => void).call(on, client);
    expect([on['_idle'], on.totalCount]).toEqual([[], 0]);
  });

  it('a pool whose waiters are in _pendingQueue, and are refused by their callback', async () => {
    const on = pool();
    await on.connect();
    const waiting = on.connect();
    const queue = on['_pendingQueue'] as { callback: (error: Error) => void }[];
    expect(queue).toHaveLength(1);
    for (const { callback } of queue.splice(0)) callback(new Error('retired'));
    await expect(waiting).rejects.toThrow('retired');
  });

  it('a pool that awaits onConnect before it gives a client out', async () => {
    const seen: unknown[] = [];
    const on = new pg.Pool({
      Client: Unconnected,
      onConnect: async (client: unknown) => void seen.push(client),
    } as unknown as pg.PoolConfig);
    expect(seen).toEqual([await on.connect()].slice(0, seen.length));
    expect(seen).toHaveLength(1);
  });

  it('a query that asks its own requiresPreparation, prepare and _getRows, so that a flush ends with one Sync', () => {
    const { spoken, connection } = recorder();
    const flush = new FlushQuery(
      {
        text: 'select $1',
        values: ['x'],
        name: 'tn_8',
        close: 'tn_7',
        prologue: [{ name: 'tn_enter', values: [] }],
        epilogue: [{ name: 'tn_reset', values: [] }],
      },
      () => undefined,
    );
    (flush as unknown as { submit(to: unknown): unknown }).submit(connection);
    expect(spoken.filter((verb) => !verb.startsWith('stream'))).toEqual([
      'close tn_7',
      'bind tn_enter',
      'execute',
      'parse tn_8',
      'bind tn_8',
      'describe',
      'execute',
      'bind tn_reset',
      'execute',
      'sync',
    ]);
    expect(connection['parsedStatements']).toEqual({});
  });

  it.each(['handleDataRow', 'handleCommandComplete', 'handleEmptyQuery', 'handleError', 'prepare', '_getRows'])(
    'a query with %s',
    (name) => {
      expect((pg.Query.prototype as unknown as Internals)[name]).toBeInstanceOf(Function);
    },
  );

  it.each(['bind', 'execute', 'close', 'sync', 'parse', 'describe'])('a connection with the verb %s', (name) => {
    expect((pg.Connection.prototype as unknown as Internals)[name]).toBeInstanceOf(Function);
  });

  it('a client whose connection, stream, parsed statements, cancel key and transaction status can be seen', () => {
    const client = new pg.Client() as unknown as pg.Client & Internals;
    expect(client['connection']).toMatchObject({ parsedStatements: {}, stream: { destroy: expect.any(Function) } });
    expect(client).toMatchObject({ processID: null, secretKey: null, host: expect.any(String), port: expect.any(Number), ssl: false });
    expect(client.getTransactionStatus()).toBeNull();
  });
});
