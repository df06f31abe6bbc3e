import pg from 'pg';
import { ANSWER_MS } from '#adapters/postgres/session.js';

const AT_MOST = 8;
const IDLE_MS = 10_000;

/** Runs work in a session with the database of that address. */
export type InSession = <T>(url: string, work: (session: pg.ClientBase) => Promise<T>) => Promise<T>;

/**
 * Sessions of provisioning with databases that many tenants share. To open one takes ten times as long as what is done in it while somebody
 * waits for a tenant, so each is kept for a while for who comes next; it keeps no process from ending.
 */
export class KeptSessions {
  readonly #pools = new Map<string, pg.Pool>();

  /** As withSession does; `work` leaves nothing on the session behind, and one whose work failed is not used again. A statement may take a minute. */
  readonly run: InSession = async (url, work) => {
    const session = await this.#pool(url).connect();
    let isSound = false;
    try {
      const result = await work(session);
      isSound = true;
      return result;
    } finally {
      session.release(!isSound);
    }
  };

  #pool(url: string): pg.Pool {
    const known = this.#pools.get(url);
    if (known) return known;
    const pool = new pg.Pool({
      ...{ connectionString: url, max: AT_MOST, idleTimeoutMillis: IDLE_MS, allowExitOnIdle: true },
      ...{ connectionTimeoutMillis: 5_000, statement_timeout: 60_000, query_timeout: ANSWER_MS, application_name: 'tenantry-provisioning' },
    });
    // One that breaks while nobody has it is replaced by the next; one that somebody has is reported by the statement it breaks.
    pool.on('error', () => undefined);
    pool.on('connect', (session) => session.on('error', () => undefined));
    this.#pools.set(url, pool);
    return pool;
  }
}
