import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { ANSWER_MS, withoutAddress } from '#adapters/postgres/session.js';
import { unlessAborted } from '#adapters/postgres/homes/unless-aborted.js';

/** A backend remembers every table that it touched and never forgets one, so after so many homes another is taken. */
const HOMES_A_SESSION = 500;
const CONNECT_MS = 5_000;
const FAREWELL_MS = 2_000;
/** Who holds locks and sends nothing for so long, frozen or cut off, is ended by the server: a customer waits for these. */
const SILENT_MS = 5_000;
/** A server that hears nothing of a client looks so often whether it is still there, and gives up its statement and its turns when it is not. */
const LOOK_FOR_CLIENT_MS = 5_000;

/** Raised when there is no session to be had with a database, which is the same for every home in it; the cause says why. */
export class NoSessionError extends Error {
  override readonly name = 'NoSessionError';

  constructor(override readonly cause: unknown) {
    super('no session with the database');
  }
}

/** The one connection of whoever goes from home to home: it stays while the database does, and is replaced when it is worn or broken. */
export class LaneSession {
  #open: { readonly database: string; readonly session: pg.Client; homes: number } | null = null;

  constructor(private readonly open: (database: string) => Promise<pg.Client>) {}

  /** A session for migrations, which takes a minute for a statement at most. What it raises does not say where the server is. */
  static async connect(url: string): Promise<pg.Client> {
    const session = new pg.Client({
      ...{ connectionString: url, connectionTimeoutMillis: CONNECT_MS, statement_timeout: 60_000, query_timeout: ANSWER_MS },
      ...{ keepAlive: true, keepAliveInitialDelayMillis: 10_000, idle_in_transaction_session_timeout: SILENT_MS },
      ...{ options: `-c client_connection_check_interval=${String(LOOK_FOR_CLIENT_MS)}`, application_name: 'tenantry-fleet' },
    });
    // A connection that breaks is reported by the statement it breaks.
    session.on('error', () => undefined);
    await session.connect().catch((error: unknown) => {
      throw withoutAddress(error);
    });
    return session;
  }

  /**
   * Raises NoSessionError, or what `work` raises; after a failure the next use gets a fresh session. When the signal is aborted it is not
   * waited for any more, and the session ends under `work`, which otherwise would wait as long as the server does not answer.
   */
  async use<T>(database: string, homes: number, work: (session: pg.Client) => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#open && (this.#open.database !== database || this.#open.homes >= HOMES_A_SESSION)) await this.close();
    const held = (this.#open ??= { database, session: await this.#opened(database, signal), homes: 0 });
    held.homes += homes;
    const end = (): void => void this.close();
    signal?.addEventListener('abort', end, { once: true });
    try {
      signal?.throwIfAborted();
      return await work(held.session);
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      signal?.removeEventListener('abort', end);
    }
  }

  async close(): Promise<void> {
    const held = this.#open;
    this.#open = null;
    if (!held) return;
    // It may be gone already, or its server may never say that it is: then nothing but this time keeps the process there.
    const said = new AbortController();
    const unsaid = sleep(FAREWELL_MS, undefined, { signal: said.signal }).catch(() => undefined);
    await Promise.race([held.session.end().catch(() => undefined), unsaid]);
    said.abort();
  }

  async #opened(database: string, signal?: AbortSignal): Promise<pg.Client> {
    signal?.throwIfAborted();
    const opening = this.open(database);
    try {
      return await unlessAborted(opening, signal);
    } catch (error) {
      if (!signal?.aborted) throw new NoSessionError(error);
      // Nobody has it any more.
      opening.then((session) => session.end()).catch(() => undefined);
      throw error;
    }
  }
}
