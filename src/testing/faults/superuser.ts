import pg from 'pg';
import type { TcpProxy } from '#testing/tcp-proxy.js';

/** A superuser on one PostgreSQL server: who sees all backends, and may end them. */
export class Superuser {
  readonly #session: pg.Client;

  private constructor(url: string) {
    this.#session = new pg.Client({ connectionString: url, application_name: 'spec-superuser' });
  }

  static async on(url: string): Promise<Superuser> {
    const superuser = new Superuser(url);
    await superuser.#session.connect();
    return superuser;
  }

  async run(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    return (await this.#session.query<Record<string, unknown>>(text, values)).rows;
  }

  /** Ends the backends that were reached through a proxy, so that nobody else's are met. Gives how many there were. */
  async terminate({ upstreamPorts }: TcpProxy): Promise<number> {
    const ended = await this.run('select pg_terminate_backend(pid) from pg_stat_activity where client_port = any($1::int[])', [
      upstreamPorts,
    ]);
    return ended.length;
  }

  /** Backends of requests that were reached through a proxy. */
  async count({ upstreamPorts }: TcpProxy): Promise<number> {
    const rows = await this.run(
      `select from pg_stat_activity where client_port = any($1::int[]) and application_name = 'tenantry' and backend_type = 'client backend'`,
      [upstreamPorts],
    );
    return rows.length;
  }

  close(): Promise<void> {
    return this.#session.end();
  }
}
