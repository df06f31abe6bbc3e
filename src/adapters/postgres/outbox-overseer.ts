import pg from 'pg';
import { failureText } from '#kernel/jobs/job-failure.js';
import type { JobLog } from '#kernel/jobs/job-log.js';
import type { TroubledJob, TroubledJobs, WorkOverseer } from '#kernel/jobs/work-overseer.js';
import type { OutboxState } from '#kernel/outbox/outbox-table.js';

/** A shared database, and the login that may oversee it; without one it is not looked into and always among the unseen. */
export interface OverseenCluster {
  readonly name: string;
  readonly migratorUrl?: string | undefined;
}

const PATIENCE: pg.PoolConfig = {
  max: 1,
  connectionTimeoutMillis: 5_000,
  // The server's own limit, and ours for a server that has gone silent; a connection that keeps us waiting is thrown away.
  statement_timeout: 10_000,
  query_timeout: 12_000,
  // Longer than the pause between two sweeps.
  idleTimeoutMillis: 60_000,
  allowExitOnIdle: true,
  application_name: 'tenantry-overseer',
};

/**
 * Sees the work of all tenants of the shared databases, by two functions that show nothing of what the work is about. It holds one
 * connection a database, opened when somebody looks first; close it in the end.
 */
export class OutboxOverseer implements WorkOverseer {
  readonly #clusters: readonly { readonly name: string; readonly pool: pg.Pool | null }[];

  constructor(
    clusters: readonly OverseenCluster[],
    private readonly log: JobLog,
  ) {
    this.#clusters = clusters.map(({ name, migratorUrl }) => ({ name, pool: migratorUrl === undefined ? null : poolOn(migratorUrl) }));
  }

  async close(): Promise<void> {
    await Promise.all(this.#clusters.flatMap(({ pool }) => pool?.end() ?? []));
  }

  async tenantsWithWork(againAfterMs: number): Promise<string[]> {
    const { seen } = await this.#everywhere(async (session) => {
      const { rows } = await session.query<{ id: string }>('select tenancy.tenants_with_work(make_interval(secs => $1)) as id', [
        againAfterMs / 1_000,
      ]);
      return rows.map(({ id }) => id);
    });
    return seen;
  }

  async troubled({ lateAfterMs, atMost }: { lateAfterMs: number; atMost: number }): Promise<TroubledJobs> {
    const { seen, unseen } = await this.#everywhere(async (session) => {
      const { rows } = await session.query<Row>('select * from tenancy.jobs_in_trouble(make_interval(secs => $1), $2)', [
        lateAfterMs / 1_000,
        atMost,
      ]);
      return rows.map(toTroubled);
    });
    return { jobs: seen.sort((one, other) => other.createdAt.getTime() - one.createdAt.getTime()).slice(0, atMost), unseen };
  }

  /** A database out of reach hides its own tenants' work and nobody else's. */
  async #everywhere<T>(look: (session: pg.Pool) => Promise<T[]>): Promise<{ seen: T[]; unseen: string[] }> {
    const unseen: string[] = [];
    const parts = await Promise.all(
      this.#clusters.map(async ({ name, pool }) => {
        try {
          if (pool) return await look(pool);
        } catch (error) {
          this.log.warn({ cluster: name, reason: failureText(error) }, 'work could not be overseen');
        }
        unseen.push(name);
        return [];
      }),
    );
    return { seen: parts.flat(), unseen };
  }
}

function poolOn(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, ...PATIENCE });
  // A connection that breaks while nobody uses it is replaced by the next look.
  pool.on('error', () => undefined);
  return pool;
}

interface Row {
  readonly tenant_id: string;
  readonly id: string;
  readonly name: string;
  readonly topic: string;
  readonly state: OutboxState;
  readonly attempt: number;
  readonly error: string | null;
  readonly due_at: Date;
  readonly created_at: Date;
}

function toTroubled({ tenant_id: tenantId, due_at: dueAt, created_at: createdAt, ...job }: Row): TroubledJob {
  const { id, name, topic, state, attempt, error } = job;
  return { tenantId, id, name, topic, state, attempt, error, dueAt, createdAt };
}
