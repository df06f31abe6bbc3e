import { sql } from 'kysely';
import type { IdempotencyTables } from '#kernel/idempotency/idempotency-table.js';
import { IdempotencyInProgressError, IdempotencyKeyReusedError } from '#kernel/idempotency/idempotency.errors.js';
import { sqlStateOf, SqlState } from '#kernel/isolation/isolation.errors.js';
import type { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import { TenantBusyError } from '#kernel/tenancy/tenant.errors.js';
import { sealText, unsealText } from '#kernel/signing/sealed-text.js';
import type { SigningKeys } from '#kernel/signing/signing-keys.js';

const PURPOSE = 'idempotency';
const KEPT_MS = 24 * 3_600_000;
const WAITS_AT_MOST = '1200ms';

/** One request, as often as it may be repeated. `principal` and `route` are part of it: another's key is another key. */
export interface RepeatableRequest {
  readonly principal: string;
  readonly route: string;
  readonly key: string;
  readonly fingerprint: string;
}

/** What was answered; `body` is its text. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Does what a request asks for once, however often it comes within 24 hours: the key and the answer are rows of the transaction in which the
 * work is done, so a crash at any moment leaves both or neither. A failure keeps nothing, and the request may be repeated.
 */
export class IdempotencyGate {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly keys: SigningKeys,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /**
   * Runs `work` in the transaction, or gives what was answered before. Raises IdempotencyKeyReusedError for another request under the same
   * key, IdempotencyInProgressError when the first does not end within about a second, and whatever `work` raises.
   */
  async once(request: RepeatableRequest, work: () => Promise<KeptAnswer>): Promise<KeptAnswer & { readonly isReplay: boolean }> {
    return this.contexts.transaction(async (transaction) => {
      const isFirst = await this.#claim(transaction, request);
      if (!isFirst) return { ...(await this.#kept(transaction, request)), isReplay: true };
      const answer = await work();
      transaction.beforeCommit(() => this.#keep(transaction, request, answer));
      return { ...answer, isReplay: false };
    });
  }

  /** The unique index lets one of all who try at once go on; the others wait for its end. Whoever goes on is as patient with locks as before. */
  async #claim(transaction: TenantTransaction, { principal, route, key, fingerprint }: RepeatableRequest): Promise<boolean> {
    const now = this.now();
    const expires = new Date(now.getTime() + KEPT_MS);
    try {
      const { rows } = await sql<{ claimed: boolean }>`
        with claim as (
          insert into idempotency_key as kept (tenant_id, principal, route, key, fingerprint, created_at, expires_at)
          select ${transaction.tenant.id}, ${principal}, ${route}, ${key}, ${fingerprint}, ${now}, ${expires}
          from (select set_config('lock_timeout', ${WAITS_AT_MOST}, true)) as impatience
          on conflict (tenant_id, principal, route, key) do update
            set fingerprint = excluded.fingerprint, created_at = excluded.created_at, expires_at = excluded.expires_at, status = null
            where kept.expires_at <= excluded.created_at
          returning true as claimed
        )
        select claimed, set_config('lock_timeout', '0', true) as patience from claim`.execute(transaction.sql<IdempotencyTables>());
      return rows.length === 1;
    } catch (error) {
      if (error instanceof TenantBusyError && sqlStateOf(error.cause) === SqlState.lockNotAvailable)
        throw new IdempotencyInProgressError({ cause: error });
      throw error;
    }
  }

  async #kept(transaction: TenantTransaction, { principal, route, key, fingerprint }: RepeatableRequest): Promise<KeptAnswer> {
    const kept = await transaction
      .sql<IdempotencyTables>()
      .selectFrom('idempotency_key')
      .select(['fingerprint', 'status', 'headers', 'body'])
      .where('principal', '=', principal)
      .where('route', '=', route)
      .where('key', '=', key)
      .executeTakeFirst();
    // Its row may have been trimmed between the two statements.
    if (!kept || kept.status === null) throw new IdempotencyInProgressError();
    if (kept.fingerprint !== fingerprint) throw new IdempotencyKeyReusedError();
    const body = unsealText(this.keys, PURPOSE, kept.body ?? '', aboutOf(transaction, key));
    // Its key is gone: nobody can say any more what was answered, only that it was.
    if (body === null) throw new IdempotencyKeyReusedError();
    return { status: kept.status, headers: headersOf(kept.headers), body };
  }

  async #keep(transaction: TenantTransaction, { principal, route, key }: RepeatableRequest, answer: KeptAnswer): Promise<void> {
    await transaction
      .sql<IdempotencyTables>()
      .updateTable('idempotency_key')
      .set({
        status: answer.status,
        headers: JSON.stringify(answer.headers),
        body: sealText(this.keys, PURPOSE, answer.body, aboutOf(transaction, key)),
      })
      .where('principal', '=', principal)
      .where('route', '=', route)
      .where('key', '=', key)
      .execute();
  }
}

/** An answer may hold what is shown only once, so it is kept for the platform's eyes and bound to its place. */
function aboutOf({ tenant }: TenantTransaction, key: string): string {
  return `${tenant.id} ${key}`;
}

/** The driver reads JSON or leaves it as text, depending on who asked. */
function headersOf(kept: unknown): Record<string, string> {
  return (typeof kept === 'string' ? JSON.parse(kept) : (kept ?? {})) as Record<string, string>;
}
