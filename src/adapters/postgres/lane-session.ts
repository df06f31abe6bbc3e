import pg from 'pg';
import { HomeMissingError } from '#adapters/postgres/home-migrations.js';
import { sqlStateOf } from '#kernel/isolation/isolation.errors.js';

/** A backend remembers every table that it touched and never forgets one, so after so many homes another is taken. */
const HOMES_A_SESSION = 500;
const CONNECT_MS = 5_000;

/** The one connection of whoever goes from home to home: it stays while the database does, and is replaced when it is worn or broken. */
export class LaneSession {
  #open: { readonly database: string; readonly session: pg.Client; homes: number } | null = null;

  constructor(private readonly open: (database: string) => Promise<pg.Client>) {}

  /** A session for migrations, which takes a minute for a statement at most. */
  static async connect(url: string): Promise<pg.Client> {
    const session = new pg.Client({
      ...{ connectionString: url, connectionTimeoutMillis: CONNECT_MS, statement_timeout: 60_000 },
      application_name: 'tenantry-fleet',
    });
    // A connection that breaks is reported by the statement it breaks.
    session.on('error', () => undefined);
    await session.connect();
    return session;
  }

  /** Raises what opening or `work` raises; after a failure the next use gets a fresh session. */
  async use<T>(database: string, homes: number, work: (session: pg.Client) => Promise<T>): Promise<T> {
    if (this.#open && (this.#open.database !== database || this.#open.homes >= HOMES_A_SESSION)) await this.close();
    const held = (this.#open ??= { database, session: await this.open(database), homes: 0 });
    held.homes += homes;
    try {
      return await work(held.session);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const held = this.#open;
    this.#open = null;
    await held?.session.end().catch(() => undefined); // it is gone already
  }
}

/** SQLSTATEs of what goes away by itself: locks, deadlocks, time, the server's own state, a lost connection. */
const PASSING = /^(55P03|40P01|40001|57014|25P04|25P03)$|^(08|53|57P|58)/;

/** Whether what raised this may succeed when it is tried again later. */
export function isPassing(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state !== undefined) return PASSING.test(state);
  // Without a state it is the connection's: nothing else is without one here.
  return error instanceof Error && !(error instanceof TypeError) && !(error instanceof HomeMissingError);
}
