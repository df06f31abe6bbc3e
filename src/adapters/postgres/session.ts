import pg from 'pg';

/** The same server and login, another database. */
export function atDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.href;
}

/** How long an answer is waited for of a statement that may take a minute. */
export const ANSWER_MS = 65_000;

/**
 * Runs `work` on a connection of its own, outside every tenant: for provisioning and migrations only. A statement may take a minute; it
 * fails after `answerMs` also when the server is silent.
 */
export async function withSession<T>(url: string, work: (session: pg.Client) => Promise<T>, answerMs = ANSWER_MS): Promise<T> {
  const session = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 60_000,
    application_name: 'tenantry-provisioning',
    query_timeout: answerMs,
  });
  // A connection that breaks is reported by the statement it breaks.
  session.on('error', () => undefined);
  await session.connect().catch((error: unknown) => {
    throw withoutAddress(error);
  });
  try {
    return await work(session);
  } finally {
    await session.end();
  }
}

/** What keeps a connection from being made says where it was to go, and how a customer's server is reached is kept in the key vault alone. */
export function withoutAddress(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined || error instanceof pg.DatabaseError) return error;
  return Object.assign(new Error(`no connection (${code})`), { code });
}

/** Runs `work` in one transaction. */
export async function inTransaction<T>(session: pg.ClientBase, work: () => Promise<T>): Promise<T> {
  await session.query('begin');
  try {
    const result = await work();
    await session.query('commit');
    return result;
  } catch (error) {
    await session.query(answeredWithin('rollback', 5_000)).catch(() => undefined); // the session is gone, or nobody answers
    throw error;
  }
}

/** A statement that fails here when no answer came in so many milliseconds, whatever the session's own time is. The server may go on with it. */
export function answeredWithin(text: string, milliseconds: number): pg.QueryConfig {
  return { text, query_timeout: milliseconds } as pg.QueryConfig;
}

/** A name as SQL text. */
export const { escapeIdentifier: identifier } = pg;
