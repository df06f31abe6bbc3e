import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type pg from 'pg';
import { inTransaction } from '#adapters/postgres/session.js';

/** What holds tenants apart inside a database (tenancy.sql); each database records the SHA-256 of the text it was given. */
export class Foundation {
  constructor(
    private readonly file: string,
    /** Of its own turn too: a request that is held up by this must not wait for long. */
    private readonly lockTimeoutMs = 10_000,
  ) {}

  /** Gives it anew, whatever the database has: all of it or, when a statement fails, nothing. Two that try at once take turns. */
  async lay(provisioning: pg.Client): Promise<void> {
    await inTransaction(provisioning, () => this.send(provisioning));
  }

  /** The same where the database was last given another text, and gives whether it was: of many that found so at once the first lays it alone. */
  async layIfOther(provisioning: pg.Client): Promise<boolean> {
    return inTransaction(provisioning, async () => {
      await this.#turn(provisioning);
      if (await this.isCurrent(provisioning)) return false;
      await this.send(provisioning);
      return true;
    });
  }

  /** The same in the transaction that the session is in; `first` is sent when its turn has come. */
  async send(provisioning: pg.Client, first = ''): Promise<void> {
    const text = await readFile(this.file, 'utf8');
    await this.#turn(provisioning);
    await provisioning.query(first + text);
    await provisioning.query(
      'insert into tenancy.foundation (hash) values ($1) on conflict (only_row) do update set hash = excluded.hash, laid_at = now()',
      [hashOf(text)],
    );
  }

  /** Whether the database was last given this very text; false also for one from before the text was recorded. */
  async isCurrent(migrator: pg.Client): Promise<boolean> {
    const known = await migrator.query<{ is_known: boolean }>(`select to_regclass('tenancy.foundation') is not null as is_known`);
    if (!known.rows[0]?.is_known) return false;
    const { rows } = await migrator.query<{ hash: string }>('select hash from tenancy.foundation');
    return rows[0]?.hash === hashOf(await readFile(this.file, 'utf8'));
  }

  async #turn(provisioning: pg.Client): Promise<void> {
    await provisioning.query(`set local lock_timeout = ${String(this.lockTimeoutMs)}`);
    await provisioning.query(`select pg_advisory_xact_lock(hashtext('tenantry.foundation'))`);
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
