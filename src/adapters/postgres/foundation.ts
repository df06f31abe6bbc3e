import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import { inTransaction } from '#adapters/postgres/session.js';
import { SqlState, sqlStateOf } from '#kernel/isolation/isolation.errors.js';

/** How long a lock is waited for where no request waits behind it. */
const UNUSED_MS = 10_000;

/** A text of tenancy.sql. The higher its edition, the newer it is. */
interface Edition {
  readonly edition: number;
  readonly hash: string;
}

/** How long one lock is waited for, in milliseconds: every request waits behind it. And how often it is tried again, somewhat later, before it is given up. */
export interface FoundationPatience {
  readonly lockMs: number;
  readonly tries: number;
}

/**
 * What holds tenants apart inside a database (tenancy.sql); each database records the edition and the SHA-256 of the text it was given. An
 * older build never lays its older text over a newer one, which serves its applications too.
 */
export class Foundation {
  #known: Promise<Edition & { readonly text: string }> | undefined;

  constructor(
    private readonly file: string,
    private readonly patience: FoundationPatience = { lockMs: 500, tries: 40 },
  ) {}

  /** Gives it anew, whatever the database has: all of it or, when a statement fails, nothing. False where a newer one is, which stays. Two that try at once take turns. */
  async lay(provisioning: pg.Client): Promise<boolean> {
    return this.#layUnless(provisioning, isNewer);
  }

  /** The same where the database was last given another text, and gives whether it was: of many that found so at once the first lays it alone. */
  async layIfOther(provisioning: pg.Client): Promise<boolean> {
    return this.#layUnless(provisioning, isNoOlder);
  }

  /** Lays it in the transaction that the session is in, where nobody waits for it; `first` is sent when its turn has come. */
  async sendUnused(provisioning: pg.Client, first: string): Promise<void> {
    await takeTurn(provisioning, UNUSED_MS);
    await this.#send(provisioning, first);
  }

  async #send(provisioning: pg.Client, first = ''): Promise<void> {
    const { text, hash, edition } = await this.#own();
    await provisioning.query(first + text);
    await provisioning.query(
      `insert into tenancy.foundation (hash, edition) values ($1, $2)
       on conflict (only_row) do update set hash = excluded.hash, edition = excluded.edition, laid_at = now()`,
      [hash, edition],
    );
  }

  /** Whether the database was last given this very text, or one of a newer edition; false also for one from before the text was recorded. */
  async isCurrent(migrator: pg.Client): Promise<boolean> {
    const [laid, own] = await Promise.all([laidIn(migrator), this.#own()]);
    return laid !== null && isNoOlder(laid, own);
  }

  /** Whether the database was given a newer edition. */
  async isOlderThan(migrator: pg.Client): Promise<boolean> {
    const [laid, own] = await Promise.all([laidIn(migrator), this.#own()]);
    return laid !== null && isNewer(laid, own);
  }

  /** Raises what a statement raises; a lock that is not to be had, only when it was tried often. */
  async #layUnless(provisioning: pg.Client, isLeft: (laid: Edition, own: Edition) => boolean): Promise<boolean> {
    for (let tries = 1; ; tries += 1)
      try {
        return await inTransaction(provisioning, () => this.#layOnce(provisioning, isLeft));
      } catch (error) {
        if (sqlStateOf(error) !== SqlState.lockNotAvailable || tries >= this.patience.tries) throw error;
        await wait(this.patience.lockMs * (0.5 + Math.random()));
      }
  }

  async #layOnce(provisioning: pg.Client, isLeft: (laid: Edition, own: Edition) => boolean): Promise<boolean> {
    await takeTurn(provisioning, this.patience.lockMs);
    await provisioning.query('savepoint looking');
    const laid = await laidIn(provisioning);
    await provisioning.query('rollback to savepoint looking');
    if (laid && isLeft(laid, await this.#own())) return false;
    await this.#send(provisioning);
    return true;
  }

  #own(): Promise<Edition & { readonly text: string }> {
    const known = (this.#known ??= readFile(this.file, 'utf8').then((text) => ({ text, hash: hashOf(text), edition: editionOf(text) })));
    known.catch(() => (this.#known = undefined));
    return known;
  }
}

async function takeTurn(provisioning: pg.Client, lockMs: number): Promise<void> {
  await provisioning.query(`set local lock_timeout = ${String(lockMs)}`);
  await provisioning.query(`select pg_advisory_xact_lock(hashtext('tenantry.foundation'))`);
}

/** What a database says it was given; null where it says nothing. In a transaction it may fail, and the transaction with it. */
async function laidIn(session: pg.Client): Promise<Edition | null> {
  try {
    const { rows } = await session.query<{ laid: Edition | { readonly hash: string } }>(
      'select to_jsonb(f) as laid from tenancy.foundation f',
    );
    return rows[0] ? { edition: 0, ...rows[0].laid } : null;
  } catch (error) {
    if (sqlStateOf(error) === SqlState.undefinedTable) return null;
    throw error;
  }
}

function isNewer(laid: Edition, own: Edition): boolean {
  return laid.edition > own.edition;
}

function isNoOlder(laid: Edition, own: Edition): boolean {
  return isNewer(laid, own) || laid.hash === own.hash;
}

/** Of its first line. */
function editionOf(text: string): number {
  const [, edition] = /^-- Edition (\d+)\./.exec(text) ?? [];
  if (edition === undefined) throw new TypeError('tenancy.sql does not begin with its edition');
  return Number(edition);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
