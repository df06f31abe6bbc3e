import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import { rowTime } from '#kernel/model/row-time.js';
import { Outbox } from '#kernel/outbox/outbox.js';
import { ForgeryGuard } from '#kernel/resolution/forgery-guard.js';
import { SigningKeys } from '#kernel/signing/signing-keys.js';
import { Clock } from '#kernel/work/clock.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import { RefreshRacedError, SessionEndedError } from '../auth.errors.js';
import { sessionReuseDetected } from '../member.events.js';
import type { MemberTables } from '../member-tables.js';
import { hashRefreshToken, mintRefreshToken } from './refresh-token.js';
import { ReplayCache } from './replay-cache.js';
import { openSuccessor, sealSuccessor } from './sealed-successor.js';
import { SESSION_LIFETIMES } from './session-lifetimes.js';
import { type OpenSession, SessionTokens, type SessionTokenSet } from './session-tokens.js';
import { SessionsService } from './sessions.service.js';

/** A refresh token as it was presented. */
export interface RefreshRequest {
  readonly token: string;
  /** X-CSRF-Token, for a token that a browser sent by itself; null for one that the caller wrote into the body. */
  readonly forgery: { readonly token: string | undefined } | null;
}

type Outcome =
  | { readonly kind: 'renewed'; readonly session: OpenSession }
  | { readonly kind: 'raced' }
  | { readonly kind: 'ended'; readonly isOver: boolean };

interface SessionRow {
  readonly id: string;
  readonly memberId: string;
  readonly authenticatedAt: Date;
  readonly idleExpiresAt: Date;
  readonly expiresAt: Date;
  readonly isRevoked: boolean;
  readonly isActive: boolean;
}

/**
 * Exchanges a refresh token for the next one. Each is good once: of several requests with one token one rotates it, and the others get the
 * same successor for 30 seconds. After that, who shows it again is not its owner or its owner was robbed, and the session ends.
 */
@Injectable()
export class RefreshService {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly sessions: SessionsService,
    private readonly tokens: SessionTokens,
    private readonly forgery: ForgeryGuard,
    private readonly replays: ReplayCache,
    private readonly keys: SigningKeys,
    private readonly outbox: Outbox,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** Raises SessionEndedError, RefreshRacedError, and for a token of a browser ForgeryTokenMissingError and ForgeryTokenMismatchError. */
  async refresh(request: RefreshRequest): Promise<SessionTokenSet> {
    const outcome = await this.contexts.transaction((transaction) => this.#exchange(transaction, request));
    // Not before the commit: the end of a session that was stolen is to be kept.
    if (outcome.kind === 'ended') throw new SessionEndedError(outcome.isOver);
    if (outcome.kind === 'raced') throw new RefreshRacedError();
    return this.tokens.of(outcome.session);
  }

  async #exchange(transaction: TenantTransaction, request: RefreshRequest): Promise<Outcome> {
    const now = this.clock.now();
    const successor = mintRefreshToken();
    const hash = hashRefreshToken(request.token);
    // One statement decides who rotates; the others wait here for its commit and then find nothing.
    const claimed = await transaction
      .sql<MemberTables>()
      .updateTable('refresh_token')
      .set({ used_at: now, replaced_by: hashRefreshToken(successor) })
      .where('hash', '=', hash)
      .where('used_at', 'is', null)
      .returning('session_id')
      .executeTakeFirst();
    if (!claimed) return this.#replay(transaction, request, now);
    const session = await this.#session(transaction, claimed.session_id);
    if (!session || !isGood(session, now)) return { kind: 'ended', isOver: session?.isRevoked ?? false };
    this.#requireOwnPage(transaction, session, request);
    const renewed = await this.#rotate(transaction, session, { hash, successor, now });
    await this.replays.keep(hash, sealSuccessor(this.keys, request.token, successor), SESSION_LIFETIMES.graceMs);
    return { kind: 'renewed', session: renewed };
  }

  async #rotate(
    transaction: TenantTransaction,
    session: SessionRow,
    { hash, successor, now }: { hash: string; successor: string; now: Date },
  ): Promise<OpenSession> {
    const { id: tenant_id } = transaction.tenant;
    const idleExpiresAt = new Date(Math.min(now.getTime() + SESSION_LIFETIMES.idleMs, session.expiresAt.getTime()));
    const next = { hash: hashRefreshToken(successor), session_id: session.id, parent_hash: hash, issued_at: now };
    const tables = transaction.sql<MemberTables>();
    await tables
      .insertInto('refresh_token')
      .values({ tenant_id, ...next, used_at: null, replaced_by: null })
      .execute();
    await tables
      .updateTable('member_session')
      .set({ last_seen_at: now, idle_expires_at: idleExpiresAt, ip_last: WorkOrigin.current().ip ?? null })
      .where('id', '=', session.id)
      .execute();
    return opened(session, successor, idleExpiresAt);
  }

  /** Nothing is written here, unless the token was stolen. */
  async #replay(transaction: TenantTransaction, request: RefreshRequest, now: Date): Promise<Outcome> {
    const hash = hashRefreshToken(request.token);
    const used = await transaction
      .sql<MemberTables>()
      .selectFrom('refresh_token as used')
      .leftJoin('refresh_token as next', 'next.hash', 'used.replaced_by')
      .select(['used.session_id', 'used.used_at', 'next.used_at as next_used_at'])
      .where('used.hash', '=', hash)
      .executeTakeFirst();
    const session = used && (await this.#session(transaction, used.session_id));
    if (!used?.used_at || !session) return { kind: 'ended', isOver: false };
    if (!isGood(session, now)) return { kind: 'ended', isOver: session.isRevoked };
    if (now.getTime() - rowTime(used.used_at).getTime() > SESSION_LIFETIMES.graceMs) return this.#reused(session);
    this.#requireOwnPage(transaction, session, request);
    // Who gets a token that is used already would put it over the newer one, and be taken for a thief with it later.
    if (used.next_used_at !== null) return { kind: 'raced' };
    const sealed = await this.replays.find(hash);
    const successor = sealed === null ? null : openSuccessor(this.keys, request.token, sealed);
    return successor === null ? { kind: 'raced' } : { kind: 'renewed', session: opened(session, successor, session.idleExpiresAt) };
  }

  async #reused({ id, memberId }: SessionRow): Promise<Outcome> {
    await this.sessions.end({ memberId, only: id }, 'reuse_detected');
    this.audit.record({
      action: 'session.reuse-detected',
      targets: [
        { type: 'session', id },
        { type: 'member', id: memberId },
      ],
      outcome: 'denied',
    });
    this.outbox.publish(sessionReuseDetected, { memberId, sessionId: id });
    return { kind: 'ended', isOver: true };
  }

  async #session(transaction: TenantTransaction, id: string): Promise<SessionRow | undefined> {
    const row = await transaction
      .sql<MemberTables>()
      .selectFrom('member_session')
      .innerJoin('member', 'member.id', 'member_session.member_id')
      .select([
        'member_session.member_id',
        'member_session.authenticated_at',
        'member_session.idle_expires_at',
        'member_session.expires_at',
        'member_session.revoked_at',
        'member.status',
      ])
      .where('member_session.id', '=', id)
      .executeTakeFirst();
    return (
      row && {
        id,
        memberId: row.member_id,
        authenticatedAt: rowTime(row.authenticated_at),
        idleExpiresAt: rowTime(row.idle_expires_at),
        expiresAt: rowTime(row.expires_at),
        isRevoked: row.revoked_at !== null,
        isActive: row.status === 'active',
      }
    );
  }

  #requireOwnPage({ tenant }: TenantTransaction, { id }: SessionRow, { forgery }: RefreshRequest): void {
    if (forgery) this.forgery.requireToken({ tenantId: tenant.id, sessionId: id }, forgery.token);
  }
}

function isGood(session: SessionRow, now: Date): boolean {
  return session.isActive && !session.isRevoked && session.idleExpiresAt > now && session.expiresAt > now;
}

function opened({ id, memberId, authenticatedAt }: SessionRow, refreshToken: string, idleExpiresAt: Date): OpenSession {
  return { sessionId: id, memberId, authenticatedAt, refreshToken, idleExpiresAt };
}
